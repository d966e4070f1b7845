"""The pages over TLS and with passwords, by a web configuration that may change."""

import asyncio
import ssl
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import aiohttp
import pytest
import yaml

from schemas.checking import SettingsError
from schemas.web_config import CIPHER_SUITES
from streams.worker.failure import Failure
from tests.certificates import Authority, write_key
from tests.worker.test_passwords import hashed
from tests.worker.test_web import Site

HOST: Final = "127.0.0.1"
PATIENCE: Final = 10.0
ANN: Final = ("ann", "right")


class Deployed(Site):
    """A server with a web configuration in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.authority = Authority(folder)
        self.pair = self.authority.issue(HOST)
        self.file = folder / "web.yml"
        super().__init__(self.file)

    def write(self, **keys: Any) -> None:
        """Write the configuration."""
        self.file.write_text(yaml.safe_dump(keys), "utf-8")

    @property
    def tls(self) -> dict[str, Any]:
        """The keys that name the server's certificate, relative to the file."""
        return {"cert_file": self.pair.certificate.name, "key_file": self.pair.key.name}

    async def status(
        self,
        path: str = "/metrics",
        user: tuple[str, str] | None = None,
        client: ssl.SSLContext | None = None,
    ) -> int:
        """Return how a page is answered over TLS, on a connection of its own."""
        return (await self.answer(path, user, client))[0]

    async def answer(
        self,
        path: str = "/metrics",
        user: tuple[str, str] | None = None,
        client: ssl.SSLContext | None = None,
    ) -> tuple[int, dict[str, str]]:
        """Return status and headers of a page over TLS, on a connection of its own."""
        headers = {} if user is None else {"Authorization": aiohttp.encode_basic_auth(*user)}
        async with (
            aiohttp.ClientSession(headers=headers) as session,
            session.get(
                f"https://{HOST}:{self.web.port}{path}", ssl=client or self.authority.client()
            ) as answer,
        ):
            return answer.status, dict(answer.headers)


@pytest.fixture
async def deployed(tmp_path: Path) -> Any:
    """A server that is not started yet."""
    site = Deployed(tmp_path / "web")
    yield site
    await site.web.stop()


async def start(site: Deployed, **keys: Any) -> None:
    site.write(**keys)
    await site.web.start(HOST, 0)


async def test_pages_are_served_over_tls_only(deployed: Deployed) -> None:
    """Also the probes; whoever speaks plain HTTP or does not know the authority gets nothing."""
    await start(deployed, tls_server_config=deployed.tls)
    assert deployed.web.scheme == "https"
    for path in ("/", "/metrics", "/-/ready", "/-/healthy"):
        assert await deployed.status(path) == 200
    with pytest.raises(aiohttp.ClientConnectionError):
        await deployed.get("/-/healthy")
    with pytest.raises(aiohttp.ClientConnectorCertificateError):
        await deployed.status(client=ssl.create_default_context())


async def test_a_password_is_asked_for_on_every_page_but_the_probes(deployed: Deployed) -> None:
    """A page that is not there tells nothing either."""
    users = {"ann": hashed("right")}
    await start(deployed, tls_server_config=deployed.tls, basic_auth_users=users)
    for path in ("/", "/metrics", "/nowhere", "/-/", "/-/ready/"):
        status, headers = await deployed.answer(path)
        assert status == 401
        assert headers["WWW-Authenticate"].startswith("Basic realm=")
        assert await deployed.status(path, ("ann", "wrong")) == 401
        assert await deployed.status(path, ("eve", "right")) == 401
    assert await deployed.status("/metrics", ANN) == 200
    assert await deployed.status("/nowhere", ANN) == 404
    for path in ("/-/ready", "/-/healthy"):
        assert await deployed.status(path) == 200


async def test_the_headers_of_the_configuration_are_on_every_answer(deployed: Deployed) -> None:
    """Also on refusals and on pages that are not there."""
    headers = {"X-Frame-Options": "deny", "Strict-Transport-Security": "max-age=60"}
    users = {"ann": hashed("right")}
    await start(
        deployed,
        tls_server_config=deployed.tls,
        basic_auth_users=users,
        http_server_config={"headers": headers},
    )
    for path, user in (("/metrics", ANN), ("/metrics", None), ("/nowhere", ANN)):
        assert headers.items() <= (await deployed.answer(path, user))[1].items()


async def test_passwords_without_tls_are_possible_and_warned_of(
    deployed: Deployed, caplog: pytest.LogCaptureFixture
) -> None:
    """A proxy may do the TLS."""
    await start(deployed, basic_auth_users={"ann": hashed("right")})
    assert deployed.web.scheme == "http"
    assert "unencrypted" in caplog.text
    assert (await deployed.get("/metrics"))[0] == 401
    right = {"Authorization": aiohttp.encode_basic_auth(*ANN)}
    assert (await deployed.get("/metrics", **right))[0] == 200


async def test_clients_have_to_show_a_certificate_of_the_authority(
    deployed: Deployed, tmp_path: Path
) -> None:
    known = deployed.authority.client(deployed.authority.issue("ann", file="ann"))
    strange = deployed.authority.client(Authority(tmp_path / "other").issue("ann"))
    asked = {"client_ca_file": "ca.pem", "client_auth_type": "RequireAndVerifyClientCert"}
    await start(deployed, tls_server_config=deployed.tls | asked)
    assert await deployed.status(client=known) == 200
    for client in (None, strange):
        with pytest.raises(aiohttp.ClientError):
            await deployed.status("/-/healthy", client=client)


async def test_a_certificate_may_be_asked_for_only_if_there_is_one(
    deployed: Deployed, tmp_path: Path
) -> None:
    strange = deployed.authority.client(Authority(tmp_path / "other").issue("ann"))
    asked = {"client_ca_file": "ca.pem", "client_auth_type": "VerifyClientCertIfGiven"}
    await start(deployed, tls_server_config=deployed.tls | asked)
    assert await deployed.status() == 200
    with pytest.raises(aiohttp.ClientError):
        await deployed.status(client=strange)


@pytest.mark.parametrize(
    ("allowed", "name", "status"),
    [
        ("prometheus.example", "prometheus.example", 200),
        ("::1", "0:0:0:0:0:0:0:1", 200),
        ("ann@example.org", "ann@example.org", 200),
        ("prometheus.example", "grafana.example", 403),
    ],
)
async def test_a_client_needs_one_of_the_allowed_names(
    deployed: Deployed, allowed: str, name: str, status: int
) -> None:
    """Host names, addresses and mail addresses are told apart by nobody."""
    client = deployed.authority.client(deployed.authority.issue(name, "idle", file="client"))
    asked = {
        "client_ca_file": "ca.pem",
        "client_auth_type": "RequireAndVerifyClientCert",
        "client_allowed_sans": [allowed, "another.example"],
    }
    await start(deployed, tls_server_config=deployed.tls | asked)
    assert await deployed.status(client=client) == status


@pytest.mark.parametrize(
    ("keys", "version", "cipher"),
    [
        ({}, "TLSv1.3", None),
        ({"max_version": "TLS12"}, "TLSv1.2", None),
        (
            {
                "max_version": "TLS12",
                "cipher_suites": ["TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256"],
                "prefer_server_cipher_suites": False,
            },
            "TLSv1.2",
            "ECDHE-ECDSA-CHACHA20-POLY1305",
        ),
    ],
)
async def test_versions_and_suites_are_those_of_the_configuration(
    deployed: Deployed, keys: dict[str, Any], version: str, cipher: str | None
) -> None:
    await start(deployed, tls_server_config=deployed.tls | keys)
    reader, writer = await asyncio.open_connection(
        HOST, deployed.web.port, ssl=deployed.authority.client()
    )
    found, spoken, _ = writer.get_extra_info("cipher")
    assert writer.get_extra_info("ssl_object").version() == version
    assert cipher in (None, found)
    assert spoken in ("TLSv1.2", "TLSv1.3")
    writer.close()
    await writer.wait_closed()
    assert reader.at_eof()


async def test_an_older_version_than_the_least_is_refused(deployed: Deployed) -> None:
    await start(deployed, tls_server_config=deployed.tls | {"min_version": "TLS13"})
    older = deployed.authority.client()
    older.maximum_version = ssl.TLSVersion.TLSv1_2
    with pytest.raises(aiohttp.ClientConnectorError):
        await deployed.status(client=older)


def test_openssl_knows_every_suite() -> None:
    for name in CIPHER_SUITES.values():
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.set_ciphers(name)
        assert name in {each["name"] for each in context.get_ciphers()}


Spoil = Callable[[Deployed], object]
SPOILT: Final[dict[str, tuple[Spoil, str]]] = {
    "no certificate file": (
        lambda site: site.pair.certificate.unlink(),
        'cert_file = "server.crt": it cannot be read (No such file or directory)',
    ),
    "no key file": (
        lambda site: site.pair.key.unlink(),
        'key_file = "server.key": it cannot be read (No such file or directory)',
    ),
    "certificate is none": (
        lambda site: site.pair.certificate.write_text("geheim"),
        'cert_file = "server.crt": it holds no certificate (PEM)',
    ),
    "half a certificate": (
        lambda site: site.pair.certificate.write_bytes(site.pair.certificate.read_bytes()[:300]),
        'cert_file = "server.crt": it holds no certificate (PEM)',
    ),
    "key is none": (
        lambda site: site.pair.key.write_text("geheim"),
        'key_file = "server.key": it holds no private key (PEM)',
    ),
    "key of another certificate": (
        lambda site: site.authority.issue("other", file="other").key.rename(site.pair.key),
        'key_file = "server.key": it is not the key of the certificate',
    ),
    "encrypted key": (
        lambda site: write_key(site.pair.key, site.pair.key.read_bytes(), b"secret"),
        'key_file = "server.key": it is encrypted; write it without a password',
    ),
    "authorities are none": (
        lambda site: site.authority.file.write_text(""),
        'client_ca_file = "ca.pem": it holds no certificate (PEM)',
    ),
}


@pytest.mark.parametrize(("spoil", "message"), SPOILT.values(), ids=list(SPOILT))
async def test_files_that_are_not_well_are_told_at_the_start(
    deployed: Deployed, spoil: Spoil, message: str
) -> None:
    """With the place in the file, and nothing of what the files hold."""
    asked = {"client_ca_file": "ca.pem", "client_auth_type": "VerifyClientCertIfGiven"}
    deployed.write(tls_server_config=deployed.tls | asked)
    spoil(deployed)
    with pytest.raises(SettingsError) as error:
        await deployed.web.start(HOST, 0)
    assert f"tls_server_config.{message}" in str(error.value)
    assert "geheim" not in str(error.value)


async def test_a_file_that_is_not_there_is_told_by_the_name_of_the_setting(
    deployed: Deployed,
) -> None:
    with pytest.raises(Failure, match=r"metrics.web_config_file = .* cannot be read: No such"):
        await deployed.web.start(HOST, 0)
