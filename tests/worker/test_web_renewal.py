"""A web configuration that changes while the pages are served."""

import asyncio
import logging
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from streams.worker import web as module
from streams.worker.web_access import AccessFile
from tests.worker.test_passwords import hashed
from tests.worker.test_web_access import ANN, HOST, PATIENCE, Deployed, Spoil, start


@pytest.fixture
async def deployed(tmp_path: Path) -> AsyncIterator[Deployed]:
    """A server that is not started yet."""
    site = Deployed(tmp_path / "web")
    yield site
    await site.web.stop()


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
