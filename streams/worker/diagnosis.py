"""Why no broker lets us in, which Kafka's clients keep to themselves."""

import asyncio
import ssl
import struct
from collections.abc import Mapping
from typing import Any, Final

from aiokafka.conn import collect_hosts, create_conn
from aiokafka.errors import KafkaConnectionError, KafkaError

ANSWER_SECONDS: Final = 2.0
# Of all API versions, version 0, correlation 1, no client id: for every listener a question.
QUESTION: Final = struct.pack(">ihhih", 10, 18, 0, 1, -1)
# An alert of TLS, sent to somebody who does not speak it.
ALERT: Final = b"\x15\x03"


class SpeaksTls(Exception):
    """A listener answered in TLS where we spoke plainly."""


async def cause(error: BaseException, client: Mapping[str, Any]) -> BaseException:
    """Return why `error` came, found by asking each broker once more; `client`: its options."""
    if not isinstance(error, KafkaConnectionError):
        return error
    options = dict(client)
    for host, port, _ in collect_hosts(options.pop("bootstrap_servers")):
        try:
            connection = await create_conn(host, port, **options)
        except KafkaConnectionError as found:
            error = await _refusal(host, port, options.get("ssl_context")) or found
        except (KafkaError, OSError, TimeoutError) as found:
            error = found
        else:
            connection.close()
    return error


async def _refusal(host: str, port: int, tls: ssl.SSLContext | None) -> BaseException | None:
    """Return what a listener that closes connections says about it, None if it says nothing."""
    try:
        async with asyncio.timeout(ANSWER_SECONDS):
            reader, writer = await asyncio.open_connection(host, port, ssl=tls)
            try:
                writer.write(QUESTION)
                answer = await reader.read(len(ALERT))
            finally:
                writer.close()
    except ssl.SSLError as alert:
        return alert
    except (OSError, TimeoutError):
        return None
    return SpeaksTls() if tls is None and answer == ALERT else None
