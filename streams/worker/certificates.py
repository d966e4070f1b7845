"""Certificates and keys from PEM files into a TLS context; in words what is wrong with them."""

import ssl
from pathlib import Path
from typing import Final, NoReturn

NO_CERTIFICATE: Final = "it holds no certificate (PEM)"


class _Encrypted(Exception):
    """A key asks for a password."""


def trust(context: ssl.SSLContext, authorities: Path) -> str | None:
    """Let `context` trust the certificates of a file; return what is wrong, if anything."""
    try:
        context.load_verify_locations(cafile=authorities)
    except ssl.SSLError:
        return NO_CERTIFICATE
    except OSError as error:
        return _unreadable(error)
    return None


def certificate_fault(certificate: Path) -> str | None:
    """Return what is wrong with a file that should hold a certificate, if anything."""
    return trust(ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), certificate)


def show(context: ssl.SSLContext, certificate: Path, key: Path) -> str | None:
    """Let `context` show a certificate that is well; return what is wrong with its key, if any.

    An encrypted key is refused: OpenSSL would ask for its password at the terminal, and wait.
    """
    try:
        context.load_cert_chain(certificate, key, password=_refuse)
    except _Encrypted:
        return "it is encrypted; write it without a password, readable by us alone"
    except ssl.SSLError as error:
        if error.reason == "KEY_VALUES_MISMATCH":
            return "it is not the key of the certificate"
        return "it holds no private key (PEM)"
    except OSError as error:
        return _unreadable(error)
    return None


def _refuse() -> NoReturn:
    raise _Encrypted


def _unreadable(error: OSError) -> str:
    return f"it cannot be read ({error.strerror})"
