"""Who may read the pages, and how: a web configuration with the files that it names."""

import hashlib
import ipaddress
import logging
import ssl
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from aiohttp import web

from schemas.checking import SettingsError, Tie
from schemas.errors import DeskpulseError
from schemas.web_config import CIPHER_SUITES, TlsServer, WebConfig, load_web_config
from streams.worker.certificates import certificate_fault, show, trust
from streams.worker.files import read_text
from streams.worker.passwords import Busy, Passwords

VERSIONS: Final = {"TLS12": ssl.TLSVersion.TLSv1_2, "TLS13": ssl.TLSVersion.TLSv1_3}
VERIFICATION: Final = {
    "NoClientCert": ssl.CERT_NONE,
    "VerifyClientCertIfGiven": ssl.CERT_OPTIONAL,
    "RequireAndVerifyClientCert": ssl.CERT_REQUIRED,
}
ASKING: Final = {"WWW-Authenticate": 'Basic realm="Deskpulse", charset="UTF-8"'}

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Access:
    """A web configuration, ready for use."""

    tls: ssl.SSLContext | None = None
    allowed_sans: frozenset[str] = frozenset()
    headers: Mapping[str, str] = field(default_factory=dict)
    passwords: Passwords | None = None

    def knows(self, certificate: Mapping[str, Any] | None) -> bool:
        """Return whether a client's certificate has one of the names that are asked for."""
        if not self.allowed_sans:
            return True
        names = (certificate or {}).get("subjectAltName", ())
        return not self.allowed_sans.isdisjoint(_san(kind, name) for kind, name in names)

    async def refusal(self, request: web.Request, *, anybody: bool) -> web.Response | None:
        """Return why a request is not answered, None if it is; `anybody` needs no password."""
        transport = request.transport
        if transport is not None and not self.knows(transport.get_extra_info("peercert")):
            return web.Response(status=403, text="the certificate has none of the right names\n")
        if self.passwords is None or anybody:
            return None
        try:
            if await self.passwords.accept(request.headers.get("Authorization", "")):
                return None
        except Busy:
            return web.Response(status=503, text="too many passwords are being checked\n")
        return web.Response(status=401, text="a user and a password are needed\n", headers=ASKING)


EVERYBODY: Final = Access()


class AccessFile:
    """A web configuration file, looked at again and again.

    A change counts once it was seen twice: half of a file, or a new certificate whose key has
    not come yet, is no configuration.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        # Digests, so that no key stays in memory. None: it could not be read.
        self._loaded: dict[Path, bytes | None] = {}
        self._seen: dict[Path, bytes | None] = {}

    def load(self) -> Access:
        """Return what the file says now. Raises Failure or SettingsError with every fault."""
        self._loaded = {self.path: digest(self.path)}
        text = read_text(self.path, f"metrics.web_config_file = {self.path}")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        config = load_web_config(text, str(self.path), lambda it: self._fill(context, it))
        tls = config.tls_server_config
        return Access(
            None if tls is None else context,
            frozenset(() if tls is None else tls.client_allowed_sans),
            config.http_server_config.headers,
            Passwords(config.basic_auth_users) if config.basic_auth_users else None,
        )

    def renewed(self) -> Access | None:
        """Return what the file says now if that is new and well, None if not; it is logged."""
        if not self.has_changed():
            return None
        try:
            access = self.load()
        except DeskpulseError as error:
            faults = error.faults if isinstance(error, SettingsError) else ()
            told = "\n".join(fault.message for fault in faults) or str(error)
        else:
            logger.info("%s was read again and is in force", self.path)
            return access
        logger.error("%s\nWhat was read before stays in force.", told)
        return None

    def has_changed(self) -> bool:
        """Return whether any of the files is another than it was loaded, and was so before."""
        before, self._seen = self._seen, {path: digest(path) for path in self._loaded}
        return self._loaded != self._seen == before

    def _fill(self, context: ssl.SSLContext, config: WebConfig) -> Iterator[Tie]:
        """Put what the files say into `context`, and yield what is wrong with them."""
        tls = config.tls_server_config
        if tls is None:
            return
        folder = self.path.parent
        certificate, key = folder / tls.cert_file, folder / tls.key_file
        authorities = None if tls.client_ca_file is None else folder / tls.client_ca_file
        for file in (certificate, key, authorities):
            if file is not None:
                self._loaded[file] = digest(file)
        _choose(context, tls)
        block = "tls_server_config"
        if fault := certificate_fault(certificate):
            yield (block, "cert_file"), fault, ()
        elif fault := show(context, certificate, key):
            yield (block, "key_file"), fault, ()
        if authorities is not None and (fault := trust(context, authorities)):
            yield (block, "client_ca_file"), fault, ()


def _choose(context: ssl.SSLContext, tls: TlsServer) -> None:
    """Choose versions, suites and what is asked of clients."""
    context.minimum_version = VERSIONS[tls.min_version]
    context.maximum_version = VERSIONS[tls.max_version]
    if suites := [CIPHER_SUITES[name] for name in tls.cipher_suites if name in CIPHER_SUITES]:
        context.set_ciphers(":".join(suites))
    if not tls.prefer_server_cipher_suites:
        context.options &= ~ssl.OP_CIPHER_SERVER_PREFERENCE
    context.verify_mode = VERIFICATION[tls.client_auth_type]


def digest(file: Path) -> bytes | None:
    """Return a digest of a file, None if it cannot be read."""
    try:
        return hashlib.sha256(file.read_bytes()).digest()
    except OSError:
        return None


def _san(kind: str, name: str) -> str:
    """Return a subject alternative name as the format writes it: addresses in their short form."""
    return str(ipaddress.ip_address(name)) if kind == "IP Address" else name
