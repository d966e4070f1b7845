"""What a worker answers over HTTP."""

import asyncio
import gzip
import threading
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from urllib.request import urlopen

import aiohttp
import pytest

from schemas.scalars import Milliseconds
from streams.engine.samples import Family
from streams.exposition.collector import Collector
from streams.worker.failure import Failure
from streams.worker.web import PAGES_MAX, Web
from tests.exposition.pages import AT, BUILD, reading


class Numbers:
    """A snapshot without families."""

    def __init__(self, at: Milliseconds) -> None:
        self.at = at

    def families(self) -> Iterator[Family]:
        """Yield nothing."""
        return iter(())


class Site:
    """A running server; `missing` and `now` are set by hand."""

    def __init__(self, config: Path | None = None) -> None:
        self.missing: str | None = None
        self.now = AT
        collector = Collector(Numbers, reading, self.clock, BUILD)
        self.web = Web(collector, lambda: self.missing, self.clock, config)

    def clock(self) -> Milliseconds:
        """Return the time that was set."""
        return self.now

    async def get(self, path: str, **headers: str) -> tuple[int, bytes, dict[str, str]]:
        """Return status, body as it travelled, and headers."""
        url = f"http://127.0.0.1:{self.web.port}{path}"
        async with (
            aiohttp.ClientSession(auto_decompress=False) as session,
            session.get(url, headers={"Accept-Encoding": "identity"} | headers) as answer,
        ):
            return answer.status, await answer.read(), dict(answer.headers)


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    """A server on a free port."""
    running = Site()
    await running.web.start("127.0.0.1", 0)
    yield running
    await running.web.stop()


async def test_metrics_are_text_unless_openmetrics_is_asked_for(site: Site) -> None:
    """Each with the content type that says what it is."""
    status, body, headers = await site.get("/metrics")
    assert (status, headers["Content-Type"]) == (200, "text/plain; version=0.0.4; charset=utf-8")
    assert b"helpdesk_pipeline_rebalances_total 3.0\n" in body
    accept = "application/openmetrics-text;version=2.0.0,text/plain;q=0.5"
    status, body, headers = await site.get("/metrics", Accept=accept)
    assert headers["Content-Type"].startswith("application/openmetrics-text; version=1.0.0")
    assert body.endswith(b"# EOF\n")


async def test_metrics_are_zipped_where_that_is_understood(site: Site) -> None:
    """Pages of megabytes shrink to a tenth."""
    _, plain, _ = await site.get("/metrics")
    _, body, headers = await site.get("/metrics", **{"Accept-Encoding": "gzip, deflate"})
    assert headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(body) == plain


async def test_a_flood_of_requests_is_refused_and_the_next_scrape_is_not(site: Site) -> None:
    """Whoever asks for an instant ahead keeps a place until then."""
    site.now = AT
    ahead = [
        asyncio.ensure_future(site.get(f"/metrics?at={AT + 1000}")) for _ in range(PAGES_MAX + 3)
    ]
    statuses = sorted([(await each)[0] for each in ahead])
    assert statuses == [200] * PAGES_MAX + [503] * 3
    assert (await site.get(f"/metrics?at={AT + 1000}"))[0] == 200


async def test_ready_says_what_is_missing(site: Site) -> None:
    """503 until every assigned shard is recovered."""
    site.missing = "recovering partitions 1, 3"
    status, body, _ = await site.get("/-/ready")
    assert (status, body) == (503, b"not ready: recovering partitions 1, 3\n")
    site.missing = None
    assert (await site.get("/-/ready"))[:2] == (200, b"ready\n")


async def test_healthy_does_not_depend_on_kafka(site: Site) -> None:
    """A restart during recovery would only restart the recovery."""
    site.missing = "Kafka does not answer"
    assert (await site.get("/-/healthy"))[0] == 200


async def test_a_loop_that_stands_still_is_not_healthy(site: Site) -> None:
    """The loop that does the work answers the probe: when it blocks, a restart helps."""
    gave_up = threading.Event()

    def probe() -> int | None:
        try:
            with urlopen(f"http://127.0.0.1:{site.web.port}/-/healthy", timeout=0.2) as answer:
                return int(answer.status)
        except TimeoutError:
            return None
        finally:
            gave_up.set()

    loop = asyncio.get_running_loop()
    probing = loop.run_in_executor(None, probe)
    gave_up.wait()
    assert await probing is None
    gave_up.clear()
    assert await loop.run_in_executor(None, probe) == 200


async def test_the_landing_page_needs_no_script(site: Site) -> None:
    """Plain HTML with links."""
    status, body, headers = await site.get("/")
    assert (status, headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert b'href="/metrics"' in body
    assert b"<script" not in body


async def test_an_instant_can_be_asked_for(site: Site) -> None:
    """Two workers asked for the same instant can be added up to the last digit."""
    _, body, _ = await site.get(f"/metrics?at={AT + 50}")
    seconds = (AT + 50) / 1000
    assert f"helpdesk_pipeline_snapshot_timestamp_seconds {seconds!r}" in _plain(body)


@pytest.mark.parametrize("at", ["yesterday", str(AT + 60_000), str(AT - 1)])
async def test_an_instant_that_cannot_be_shown_is_refused(site: Site, at: str) -> None:
    """No number, too far ahead, or before what was shown already."""
    await site.get("/metrics")
    assert (await site.get(f"/metrics?at={at}"))[0] == 400


async def test_a_busy_port_is_told_plainly(site: Site) -> None:
    """Which address, and what to do."""
    other = Site()
    with pytest.raises(Failure, match=r"cannot be listened on .*Choose another port"):
        await other.web.start("127.0.0.1", site.web.port)
    await other.web.stop()


def _plain(body: bytes) -> str:
    """Return a page with numbers as Python writes them."""
    return "\n".join(
        f"{name} {float(value)!r}" if not name.startswith("#") else name
        for name, _, value in (line.rpartition(" ") for line in body.decode().splitlines())
        if not name.startswith("#")
    )
