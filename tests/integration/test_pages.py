"""The pages of a real worker that counts everything: well-formed in every form."""

import asyncio
import gzip
import subprocess
from collections.abc import AsyncIterator
from random import Random
from typing import Final

import pytest

from streams.exposition.families import Format
from tests.exposition.exposed import exposed
from tests.exposition.page_checks import faults
from tests.integration.conftest import PARTITIONS, Site
from tests.integration.events import now
from tests.integration.invented import POLICY, histories
from tests.integration.kafka import message, produce
from tests.integration.workers import OPENMETRICS, Worker, settled

TICKETS: Final = 60
ACCEPTS: Final[dict[Format, str]] = {"text": "text/plain", "openmetrics": OPENMETRICS}


@pytest.fixture
async def full_worker(ready_site: Site) -> AsyncIterator[Worker]:
    """A worker with every kind of window, agents and a business calendar, and a full state."""
    ready_site.write(**POLICY, calendar_windows={"zone": "Europe/Warsaw"})
    kafka = ready_site.settings.kafka
    stories = histories(Random(1), now(), TICKETS)
    messages = [message(event, kafka.topic_prefix) for story in stories for event in story]
    await produce(kafka.bootstrap_servers, [*messages, messages[0]._replace(value=b"poison")])
    async with ready_site.worker() as worker:
        await settled([worker], PARTITIONS)
        yield worker


async def test_both_forms_are_without_fault_zipped_or_not(full_worker: Worker) -> None:
    for form, accept in ACCEPTS.items():
        status, page = await full_worker.body("/metrics", Accept=accept)
        assert status == 200
        assert faults(page, form) == []
        names = {sample.name for sample in exposed(page, form).samples}
        assert len(names) > 150
        headers = {"Accept": accept, "Accept-Encoding": "gzip"}
        _, zipped = await full_worker.body("/metrics", **headers)
        assert len(zipped) < len(page) / 5
        assert faults(gzip.decompress(zipped), form) == []


@pytest.mark.promtool
async def test_promtool_has_nothing_to_say(full_worker: Worker) -> None:
    _, page = await full_worker.body("/metrics", Accept=ACCEPTS["text"])
    command = ["promtool", "check", "metrics"]
    done = await asyncio.to_thread(
        subprocess.run, command, input=page, capture_output=True, check=False
    )
    assert (done.returncode, done.stdout + done.stderr) == (0, b"")
