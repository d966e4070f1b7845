"""Certificates for tests, by an authority that nobody else trusts."""

import ssl
from pathlib import Path
from typing import NamedTuple

import trustme
from cryptography.hazmat.primitives import serialization


class Pair(NamedTuple):
    """Files of a certificate with its chain, and of its key."""

    certificate: Path
    key: Path


def write_key(file: Path, pem: bytes, password: bytes | None = None) -> None:
    """Write a key in the form that Java reads too (PKCS 8), encrypted if there is a password."""
    form = serialization.NoEncryption()
    file.write_bytes(
        serialization.load_pem_private_key(pem, None).private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.BestAvailableEncryption(password) if password else form,
        )
    )


class Authority:
    """An authority of a test and the files that it writes."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._authority = trustme.CA()
        self.file = folder / "ca.pem"
        self._authority.cert_pem.write_to_path(self.file)

    def issue(self, *names: str, file: str = "server", common_name: str | None = None) -> Pair:
        """Write a certificate for host names, and its key."""
        issued = self._authority.issue_cert(*names, common_name=common_name)
        pair = Pair(self._folder / f"{file}.crt", self._folder / f"{file}.key")
        write_key(pair.key, issued.private_key_pem.bytes())
        pair.certificate.write_bytes(b"".join(pem.bytes() for pem in issued.cert_chain_pems))
        return pair

    def client(self, pair: Pair | None = None) -> ssl.SSLContext:
        """Return the TLS of a client that trusts this authority alone, and may show a pair."""
        context = ssl.create_default_context(cafile=self.file)
        if pair is not None:
            context.load_cert_chain(*pair)
        return context
