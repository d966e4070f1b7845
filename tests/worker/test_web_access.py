"""The pages over TLS and with passwords, by a web configuration that may change."""

import asyncio
import logging
import ssl
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import aiohttp
import pytest
import yaml
from cryptography.hazmat.primitives import serialization

from schemas.checking import SettingsError
from schemas.web_config import CIPHER_SUITES
from streams.worker import web as module
from streams.worker.failure import Failure
from streams.worker.web_access import AccessFile
from tests.certificates import Authority, Pair
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


def encrypt(pair: Pair) -> None:
    """Put a password on the key."""
    key = serialization.load_pem_private_key(pair.key.read_bytes(), None)
    pair.key.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.BestAvailableEncryption(b"secret"),
        )
    )


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
        lambda site: encrypt(site.pair),
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


class Watched:
    """A running server that looks at its files often."""

    def __init__(self, site: Deployed, caplog: pytest.LogCaptureFixture) -> None:
        self.site = site
        self.caplog = caplog

    async def until(self, said: str) -> None:
        """Wait until the log says something."""
        async with asyncio.timeout(PATIENCE):
            while said not in self.caplog.text:
                await asyncio.sleep(0.01)
        self.caplog.clear()


@pytest.fixture
async def watched(
    deployed: Deployed, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> Any:
    """A server over TLS with a password, that looks at its files often."""
    monkeypatch.setattr(module, "LOOK_SECONDS", 0.01)
    caplog.set_level(logging.INFO)
    await start(
        deployed, tls_server_config=deployed.tls, basic_auth_users={"ann": hashed("right")}
    )
    looking = asyncio.create_task(deployed.web.keep_access())
    yield Watched(deployed, caplog)
    looking.cancel()
    await asyncio.wait({looking})


async def serial(site: Deployed) -> Any:
    """Return the serial number of the certificate that is shown."""
    _, writer = await asyncio.open_connection(HOST, site.web.port, ssl=site.authority.client())
    number = writer.get_extra_info("peercert")["serialNumber"]
    writer.close()
    await writer.wait_closed()
    return number


async def test_a_new_certificate_is_shown_without_a_restart(watched: Watched) -> None:
    """On the same port; a connection that is open goes on."""
    site = watched.site
    before, port = await serial(site), site.web.port
    url = f"https://{HOST}:{port}/metrics"
    headers = {"Authorization": aiohttp.encode_basic_auth(*ANN)}
    tls = site.authority.client()
    async with aiohttp.ClientSession(headers=headers) as session:
        async with session.get(url, ssl=tls) as answer:
            assert answer.status == 200
            connection = answer.connection
        site.authority.issue(HOST)
        await watched.until("was read again and is in force")
        assert await serial(site) != before
        assert site.web.port == port
        async with session.get(url, ssl=tls) as answer:
            assert answer.status == 200
            assert answer.connection is connection


async def test_new_users_come_in_and_old_ones_stay_out(watched: Watched) -> None:
    """Also those whose password was remembered."""
    site = watched.site
    assert await site.status(user=ANN) == 200
    site.write(tls_server_config=site.tls, basic_auth_users={"bob": hashed("other")})
    await watched.until("was read again and is in force")
    assert await site.status(user=("bob", "other")) == 200
    assert await site.status(user=ANN) == 401


async def test_tls_can_be_taken_away_and_given_back(watched: Watched) -> None:
    site = watched.site
    site.write(basic_auth_users={"ann": hashed("right")})
    await watched.until("was read again and is in force")
    assert (await site.get("/-/healthy"))[0] == 200
    site.write(tls_server_config=site.tls, basic_auth_users={"ann": hashed("right")})
    await watched.until("was read again and is in force")
    assert await site.status("/-/healthy") == 200


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda site: site.file.write_text(""), "asks for neither TLS nor passwords"),
        (lambda site: site.file.write_text("basic_auth_user: {}"), "there is no such key"),
        (lambda site: site.file.unlink(), "cannot be read: No such file"),
        (lambda site: site.pair.key.write_text(""), "it holds no private key"),
        (lambda site: site.pair.certificate.unlink(), "it cannot be read"),
    ],
)
async def test_a_broken_file_changes_nothing_and_is_told_once(
    watched: Watched, spoil: Spoil, said: str
) -> None:
    """What was in force stays so, until the file is well again."""
    site = watched.site
    good, certificate, key = (
        file.read_bytes() for file in (site.file, site.pair.certificate, site.pair.key)
    )
    spoil(site)
    await watched.until("What was read before stays in force.")
    assert await site.status(user=ANN) == 200
    assert await site.status() == 401
    assert said not in watched.caplog.text
    site.pair.certificate.write_bytes(certificate)
    site.pair.key.write_bytes(key)
    site.file.write_bytes(good + b"\n")
    await watched.until("was read again and is in force")
    assert await site.status(user=ANN) == 200


def test_a_change_counts_at_the_second_look_that_sees_it(tmp_path: Path) -> None:
    """Half a file, or a certificate whose key comes later, is never taken."""
    site = Deployed(tmp_path)
    site.write(tls_server_config=site.tls)
    file = AccessFile(site.file)
    assert file.load().tls is not None
    assert [file.has_changed() for _ in range(3)] == [False] * 3
    text = site.file.read_text("utf-8")
    site.file.write_text(text[:10])
    assert not file.has_changed()
    site.file.write_text(text + "\n")
    assert not file.has_changed()
    assert file.has_changed()
    assert file.renewed() is not None
    assert not file.has_changed()
