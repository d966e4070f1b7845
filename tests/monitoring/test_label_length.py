"""A label value that is too long would cost Prometheus the whole page."""

import asyncio
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from schemas.decode import decode
from schemas.policy import Policy
from schemas.scalars import LABEL_BYTES_MAX, NAME_LENGTH_MAX
from streams.engine.engine import Engine, compiled
from streams.exposition.collector import Collector
from streams.facts import vocabulary
from streams.worker.web import Web
from tests.exposition.pages import BUILD, reading
from tests.house.repository import ROOT
from tests.monitoring.prometheus import Labels, prometheus
from tests.worker.doubles import NOW, event

pytestmark = pytest.mark.promtool

DEPLOYED: Final = ROOT / "deploy" / "prometheus" / "prometheus.yml"


def job(port: int) -> dict[str, Any]:
    """Return the deployed job, with its limits, of a worker on this machine."""
    jobs = yaml.safe_load(DEPLOYED.read_text("utf-8"))["scrape_configs"]
    (found,) = (each for each in jobs if each["job_name"] == "deskpulse")
    limits = {key: value for key, value in found.items() if key.endswith("_limit")}
    return {
        "job_name": "deskpulse",
        "static_configs": [{"targets": [f"127.0.0.1:{port}"]}],
        **limits,
    }


async def scraped(folder: Path, up: int) -> dict[Labels, float]:
    """Let a ticket come with the longest queue, wait for a scrape that is `up`; return queues."""
    engine = Engine(Policy(), live=True)
    partition = engine.open(0)
    engine.serve(0, NOW)
    partition.apply([decode(event(0, queue="q" * NAME_LENGTH_MAX))], NOW)
    web = Web(Collector(engine.snapshot, reading, lambda: NOW, BUILD), lambda: None, lambda: NOW)
    await web.start("127.0.0.1", 0)
    configuration = {
        "global": {"scrape_interval": "1s", "scrape_timeout": "1s"},
        "scrape_configs": [job(web.port)],
    }
    try:
        with prometheus(folder, configuration) as server:
            await asyncio.to_thread(server.until, "sum(up)", up)
            return await asyncio.to_thread(
                server.query, "sum by (queue) (helpdesk_tickets_unresolved)"
            )
    finally:
        await web.stop()


def test_prometheus_takes_what_we_take() -> None:
    assert job(1)["label_value_length_limit"] == LABEL_BYTES_MAX


async def test_a_queue_with_a_very_long_name_is_other_and_the_page_is_scraped(
    tmp_path: Path,
) -> None:
    assert await scraped(tmp_path, 1) == {(("queue", "other"),): 1.0}


@pytest.mark.skipif(compiled(), reason="a compiled module cannot be patched")
async def test_without_the_limit_the_page_is_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vocabulary, "LABEL_BYTES_MAX", NAME_LENGTH_MAX)
    assert await scraped(tmp_path, 0) == {}
