"""A web configuration as Prometheus' own programs see it: the checker, and a scrape."""

import asyncio
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from schemas.checking import SettingsError
from schemas.web_config import load_web_config
from tests.certificates import Authority
from tests.house.repository import ROOT
from tests.monitoring.prometheus import prometheus
from tests.schemas.test_web_config import FILES
from tests.worker.test_web import Site

pytestmark = pytest.mark.promtool

EXAMPLE: Final = ROOT / "deploy" / "web-config.yml"
PAGE: Final = ROOT / "docs" / "web-configuration.md"
HOST: Final = "127.0.0.1"
PASSWORD: Final = re.search(r'Of the password "(.*?)"', EXAMPLE.read_text("utf-8"))

# Taken by promtool, refused by us; the reference says what to do instead.
STRICTER: Final = {
    *("empty", "nothing_asked", "tls_without_files", "suites_of_tls13_only"),
    *("http2", "header_of_two_lines", "hash_too_dear", "curves"),
    *("client_auth_type_unsafe", "client_ca_missing", "version_too_old", "versions_reversed"),
}


def checked(file: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["promtool", "check", "web-config", str(file)], capture_output=True, text=True, check=False
    )


@pytest.fixture
def deployed(tmp_path: Path) -> Path:
    """The example, with the certificate that it names."""
    Authority(tmp_path).issue(HOST, file="tls")
    return Path(shutil.copy(EXAMPLE, tmp_path))


def test_the_example_is_taken_by_promtool(deployed: Path) -> None:
    """And refused without its certificate, so that the check is one."""
    assert checked(deployed).returncode == 0, checked(deployed).stderr
    (deployed.parent / "tls.crt").unlink()
    assert "tls.crt: no such file" in checked(deployed).stderr


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_what_promtool_refuses_we_refuse(file: Path, tmp_path: Path) -> None:
    """The files of bad configurations, each beside a certificate that is well."""
    Authority(tmp_path).issue(HOST)
    taken = checked(Path(shutil.copy(file, tmp_path))).returncode == 0
    assert taken == (file.stem in STRICTER)
    with pytest.raises(SettingsError):
        load_web_config(file.read_text("utf-8"), file.name)


def scraping(folder: Path, port: int, password: str) -> dict[str, Any]:
    """Return the configuration of the page, with the files of this test."""
    (block,) = re.findall(r"```yaml\n(scrape_configs:.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    (folder / "deskpulse-password").write_text(password, "utf-8")
    shutil.copy(folder / "ca.pem", folder / "deskpulse-ca.pem")
    text = block.replace("/etc/prometheus", str(folder)).replace("worker:9877", f"{HOST}:{port}")
    configuration = yaml.safe_load(text)
    configuration["global"] = {"scrape_interval": "1s", "scrape_timeout": "1s"}
    return dict(configuration)


@pytest.mark.parametrize(("mistake", "up"), [("", 1), ("x", 0)])
async def test_prometheus_scrapes_with_the_right_password_only(
    deployed: Path, mistake: str, up: int
) -> None:
    """As the page says how, over TLS that it verifies."""
    assert PASSWORD is not None
    site = Site(deployed)
    await site.web.start(HOST, 0)
    configuration = scraping(deployed.parent, site.web.port, PASSWORD[1] + mistake)
    try:
        with prometheus(deployed.parent, configuration) as server:
            await asyncio.to_thread(server.until, 'sum(up{job="deskpulse"})', up)
            shown = await asyncio.to_thread(server.query, "count(helpdesk_build_info)")
            assert shown == ({(): 1.0} if up else {})
            (target,) = (await asyncio.to_thread(server.answer, "targets"))["activeTargets"]
            assert target["lastError"] == (
                "" if up else "server returned HTTP status 401 Unauthorized"
            )
    finally:
        await site.web.stop()


async def test_prometheus_refuses_an_authority_that_it_does_not_know(deployed: Path) -> None:
    assert PASSWORD is not None
    site = Site(deployed)
    await site.web.start(HOST, 0)
    Authority(deployed.parent)
    try:
        with prometheus(
            deployed.parent, scraping(deployed.parent, site.web.port, PASSWORD[1])
        ) as server:
            await asyncio.to_thread(server.until, 'sum(up{job="deskpulse"})', 0)
            (target,) = (await asyncio.to_thread(server.answer, "targets"))["activeTargets"]
            assert "certificate" in target["lastError"]
    finally:
        await site.web.stop()
