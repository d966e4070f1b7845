"""Prometheus' web configuration: TLS, headers and passwords of pages, every key that we support.

The format is that of Prometheus' exporter-toolkit, docs/web-configuration.md. What it has and we
have not is refused by name, with what to do instead.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Annotated, Any, Final

from msgspec import Meta, Struct, field

from schemas import forms
from schemas.checking import Check, Fault, SettingsError, Tie, written_path
from schemas.expectation import one_of
from schemas.forms import Form, words
from schemas.settings_tree import Node, take
from schemas.shapes import Block, keys_of

# Go's names, which the format uses, -> OpenSSL's. Those of TLS 1.3 are always on.
CIPHER_SUITES: Final = {
    f"TLS_ECDHE_{key}_WITH_{suite}": f"ECDHE-{key}-{name}"
    for key in ("ECDSA", "RSA")
    for suite, name in (
        ("AES_128_GCM_SHA256", "AES128-GCM-SHA256"),
        ("AES_256_GCM_SHA384", "AES256-GCM-SHA384"),
        ("CHACHA20_POLY1305_SHA256", "CHACHA20-POLY1305"),
        ("AES_128_CBC_SHA", "AES128-SHA"),
        ("AES_256_CBC_SHA", "AES256-SHA"),
    )
}
TLS13_SUITES: Final = (
    "TLS_AES_128_GCM_SHA256",
    "TLS_AES_256_GCM_SHA384",
    "TLS_CHACHA20_POLY1305_SHA256",
)
HEADERS: Final[dict[str, tuple[str, ...]]] = {
    "Content-Security-Policy": (),
    "Strict-Transport-Security": (),
    "X-Content-Type-Options": ("nosniff",),
    "X-Frame-Options": ("deny", "sameorigin"),
    "X-XSS-Protection": (),
}

UNSUPPORTED: Final[dict[tuple[str, ...], str]] = {
    ("tls_server_config", "cert"): "write it into a file and name that in cert_file",
    ("tls_server_config", "key"): "write it into a file and name that in key_file",
    ("tls_server_config", "client_ca"): "write it into a file and name that in client_ca_file",
    ("tls_server_config", "curve_preferences"): "leave it out; OpenSSL's own order holds",
    ("rate_limit",): "leave it out; a proxy in front can limit requests",
}


def no_http2(value: Any) -> bool:
    """Return false."""
    if forms.truth(value):
        raise ValueError
    return False


# The least is bcrypt's. Beyond the most the first scrape would run into its time-out.
BCRYPT_HASH: Final = r"\$2[aby]\$(0[4-9]|1[0-6])\$[./A-Za-z0-9]{21}[.Oeu][./A-Za-z0-9]{31}"
HASH: Final = Form(
    "a bcrypt hash of cost 4 to 16, such as htpasswd -nBC 10 prints",
    forms.matching(BCRYPT_HASH),
    forms.string_schema(BCRYPT_HASH),
    secret=True,
)
# Hidden where it is wrong: somebody may have written name:password.
USER: Final = Form(
    "a name without a colon",
    forms.matching(r"[^:\0-\x1f]+"),
    forms.string_schema("[^:]+"),
    secret=True,
)
HEADER_VALUE: Final = Form(
    "a line of text", forms.matching(r"[\x20-\x7e]+"), forms.string_schema("[ -~]+")
)
NO_HTTP2: Final = Form(
    "false or nothing; pages are served over HTTP/1.1",
    no_http2,
    {"const": False},
)


class TlsServer(Struct, frozen=True):
    """How the server proves who it is, and what it asks of clients. Files are PEM."""

    cert_file: Annotated[str, Meta(description="Certificate of the server, and its chain.")]
    key_file: Annotated[str, Meta(description="Key of the certificate, without a password.")]
    client_auth_type: Annotated[
        Annotated[
            str, words("NoClientCert", "VerifyClientCertIfGiven", "RequireAndVerifyClientCert")
        ],
        Meta(description="Whether clients show certificates; unverified ones prove nothing."),
    ] = "NoClientCert"
    client_ca_file: Annotated[
        str | None, Meta(description="Authorities that clients' certificates are verified with.")
    ] = None
    client_allowed_sans: Annotated[
        tuple[str, ...],
        Meta(
            description="Subject alternative names of which a client needs one; none: any will do."
        ),
    ] = ()
    min_version: Annotated[
        Annotated[str, words("TLS12", "TLS13")], Meta(description="Oldest TLS that is spoken.")
    ] = "TLS12"
    max_version: Annotated[
        Annotated[str, words("TLS12", "TLS13")], Meta(description="Newest TLS that is spoken.")
    ] = "TLS13"
    cipher_suites: Annotated[
        tuple[Annotated[str, words(*CIPHER_SUITES, *TLS13_SUITES)], ...],
        Meta(description="Suites of TLS 1.2, by Go's names; those of TLS 1.3 are always on."),
    ] = ()
    prefer_server_cipher_suites: Annotated[
        bool, Meta(description="Whether our order of suites goes before the client's.")
    ] = True


class HttpServer(Struct, frozen=True):
    """What goes with every answer."""

    http2: Annotated[
        Annotated[bool, NO_HTTP2], Meta(description="HTTP/2, which is not served.")
    ] = False
    headers: Annotated[
        dict[Annotated[str, words(*HEADERS)], Annotated[str, HEADER_VALUE]],
        Meta(description="Headers of every answer."),
    ] = field(default_factory=dict)


class WebConfig(Struct, frozen=True):
    """A web configuration."""

    tls_server_config: Annotated[
        TlsServer | None, Meta(description="TLS of the pages; absent: plain HTTP.")
    ] = None
    http_server_config: Annotated[HttpServer, Meta(description="What goes with every answer.")] = (
        HttpServer()
    )
    basic_auth_users: Annotated[
        dict[Annotated[str, USER], Annotated[str, HASH]],
        Meta(description="Users and their hashed passwords; none: no password is asked for."),
    ] = field(default_factory=dict)


WEB_CONFIG: Final = Block(WebConfig, keys_of(WebConfig))
NOTHING_ASKED: Final = (
    "it asks for neither TLS nor passwords nor headers. To serve plain HTTP to everybody, leave "
    "metrics.web_config_file out"
)


def load_web_config(
    text: str, name: str, further: Callable[[WebConfig], Iterable[Tie]] = lambda _: ()
) -> WebConfig:
    """Return a web configuration. `name` is the file's name in messages.

    `further` may find more that is wrong with one that has no fault of form, such as files that
    are not there. Raises SettingsError with every fault.
    """
    check = Check.of_text(text, name)
    check.faults += unsupported(check.root)
    config = check.read(WEB_CONFIG, check.root, ())
    if isinstance(config, WebConfig):
        check.tie(ties(config))
        if not check.faults and config == WebConfig():
            check.faults.append(Fault(name, "", None, NOTHING_ASKED))
        if not check.faults:
            check.tie(further(config))
    if check.faults or not isinstance(config, WebConfig):
        raise SettingsError(check.faults)
    return config


def unsupported(root: Node) -> Iterator[Fault]:
    """Take the keys that we do not support out of the tree, and yield a fault for each."""
    for path, cure in UNSUPPORTED.items():
        place = take(root, path)
        if place is not None:
            problem = f"it is not supported here; {cure}"
            yield Fault(place, written_path(path), None, problem)


def ties(config: WebConfig) -> Iterator[Tie]:
    """Yield what is wrong between keys."""
    for name, value in config.http_server_config.headers.items():
        allowed = HEADERS.get(name, ())
        if allowed and value not in allowed:
            problem = f"expected {one_of(allowed)}"
            yield ("http_server_config", "headers", name), problem, allowed
    if isinstance(config.tls_server_config, TlsServer):
        yield from tls_ties(config.tls_server_config)


def tls_ties(tls: TlsServer) -> Iterator[Tie]:
    """Yield what is wrong between the keys of TLS."""
    block = "tls_server_config"
    asks = tls.client_auth_type != "NoClientCert"
    if asks and tls.client_ca_file is None:
        yield (block, "client_auth_type"), "it needs a client_ca_file beside it", ()
    if tls.client_ca_file is not None and not asks:
        yield (block, "client_ca_file"), "it needs a client_auth_type beside it", ()
    if tls.client_allowed_sans and tls.client_auth_type != "RequireAndVerifyClientCert":
        problem = "it needs client_auth_type: RequireAndVerifyClientCert beside it"
        yield (block, "client_allowed_sans"), problem, ()
    if tls.min_version > tls.max_version:
        yield (block, "max_version"), "it is older than min_version", ()
    only_newer = tls.cipher_suites and not set(tls.cipher_suites) - set(TLS13_SUITES)
    if only_newer and tls.min_version == "TLS12":
        problem = "none of them is of TLS 1.2; add one, or write min_version: TLS13"
        yield (block, "cipher_suites"), problem, ()
