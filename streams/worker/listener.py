"""A listening address of which the TLS can be exchanged while connections come."""

import asyncio
import ssl
from collections.abc import Callable
from typing import Final

HANDSHAKE_SECONDS: Final = 10.0


class Listener:
    """Takes connections on an address. What is under way is left alone by whatever happens."""

    def __init__(self, protocol: Callable[[], asyncio.BaseProtocol]) -> None:
        self._protocol = protocol
        self._servers: list[asyncio.Server] = []

    async def start(self, host: str, port: int, tls: ssl.SSLContext | None) -> None:
        """Listen on `host`:`port`. Raises OSError."""
        self._servers = [
            await asyncio.get_running_loop().create_server(
                self._protocol, host, port, ssl=tls, ssl_handshake_timeout=patience(tls)
            )
        ]

    async def switch(self, tls: ssl.SSLContext | None) -> None:
        """Use `tls` for the connections that come from now on; the address never goes away."""
        old = self._servers
        sockets = [each.dup() for server in old for each in server.sockets]
        self._servers = [
            await asyncio.get_running_loop().create_server(
                self._protocol, sock=each, ssl=tls, ssl_handshake_timeout=patience(tls)
            )
            for each in sockets
        ]
        for server in old:
            server.close()

    @property
    def port(self) -> int:
        """The port that is listened on."""
        return int(self._servers[0].sockets[0].getsockname()[1])

    def close(self) -> None:
        """Take no more connections."""
        for server in self._servers:
            server.close()


def patience(tls: ssl.SSLContext | None) -> float | None:
    """Return how long a handshake may take, so that nobody holds a connection by not finishing."""
    return None if tls is None else HANDSHAKE_SECONDS
