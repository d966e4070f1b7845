"""A worker whose pages have TLS and passwords."""

import shutil
import ssl

import aiohttp

from tests.certificates import Authority
from tests.integration.conftest import PARTITIONS, Site
from tests.integration.events import ticket
from tests.integration.kafka import message, produce
from tests.integration.workers import Worker, number, settled
from tests.monitoring.test_web_configuration import EXAMPLE, PASSWORD


class Guarded(Worker):
    """A worker whose pages are asked for over TLS, and with credentials once there are some."""

    tls: ssl.SSLContext
    authorization = ""

    async def answer(self, path: str) -> tuple[int, str]:
        """Return status and text of a page."""
        headers = {"Accept": "application/openmetrics-text", "Authorization": self.authorization}
        async with (
            aiohttp.ClientSession(headers=headers) as session,
            session.get(self.url + path, ssl=self.tls) as answer,
        ):
            return answer.status, await answer.text()


async def test_a_worker_serves_its_pages_by_the_example(ready_site: Site) -> None:
    """The numbers to whoever knows the password, the probes to everybody."""
    assert PASSWORD is not None
    authority = Authority(ready_site.directory)
    authority.issue("127.0.0.1", file="tls")
    shutil.copy(EXAMPLE, ready_site.directory)
    metrics = {
        "listen": "127.0.0.1:0",
        "web_config_file": str(ready_site.directory / EXAMPLE.name),
    }
    ready_site.write(metrics=metrics)
    events = [message(event, ready_site.settings.kafka.topic_prefix) for event in ticket(1)]
    await produce(ready_site.settings.kafka.bootstrap_servers, events)
    worker = Guarded(ready_site.config, ready_site.directory / "worker.log")
    worker.tls = authority.client()
    async with worker:
        assert worker.url.startswith("https://")
        await worker.ready()
        assert (await worker.answer("/metrics"))[0] == 401
        worker.authorization = aiohttp.encode_basic_auth("prometheus", PASSWORD[1])
        await settled([worker], PARTITIONS)
        opened = number(await worker.page(), "helpdesk_rolling_tickets_opened", window="1d")
        assert opened == 1
        assert await worker.stop() == 0


async def test_a_worker_with_a_wrong_web_configuration_does_not_start(site: Site) -> None:
    """Exit code 2, every error, and no page without a password."""
    file = site.directory / "web.yml"
    file.write_text("basic_auth_user: {ann: geheim}\nrate_limit: {burst: 1}\n", "utf-8")
    site.write(metrics={"listen": "127.0.0.1:0", "web_config_file": str(file)})
    async with site.worker() as worker:
        assert worker.url == ""
        assert await worker.ended() == 2
    said = worker.log.read_text("utf-8")
    assert f'{file}:1  basic_auth_user: there is no such key. Did you mean "basic_auth' in said
    assert f"{file}:2  rate_limit: it is not supported here" in said
    assert "geheim" not in said
