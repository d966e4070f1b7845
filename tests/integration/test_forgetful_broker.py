"""A broker that forgets: idle producers, the end of an input."""

import asyncio
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from streams.demo.broker import Broker
from tests.conftest import TEST_PROPERTIES
from tests.integration.comparison import differences
from tests.integration.conftest import PARTITIONS, Site
from tests.integration.events import tickets
from tests.integration.workers import settled

# Seven days and an hour, unless somebody is in a hurry.
FORGETFUL: Final = {
    "transactional.id.expiration.ms": "3000",
    "transaction.remove.expired.transaction.cleanup.interval.ms": "500",
}
IDLE_SECONDS: Final = 4.0

pytestmark = pytest.mark.kafka


@pytest.fixture(scope="module")
def forgetful_broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    """A Kafka that forgets idle producers at once, and that a test may stop."""
    directory = tmp_path_factory.mktemp("forgetful")
    with Broker.start(directory, properties=TEST_PROPERTIES | FORGETFUL) as running:
        yield running


@pytest.fixture
async def forgetful_site(
    tmp_path: Path, forgetful_broker: Broker, topic_prefix: str, group: str
) -> Site:
    """A configuration with its topics on that broker."""
    site = Site(tmp_path, forgetful_broker.bootstrap_servers, topic_prefix, group)
    site.write()
    await site.create_topics()
    return site


async def test_a_producer_that_was_idle_for_days_is_no_reason_to_end(forgetful_site: Site) -> None:
    """Kafka forgets it; its shard is recovered under a new one, and nothing is lost."""
    events = await forgetful_site.send(tickets(range(20)))
    policy = forgetful_site.settings.policy
    async with forgetful_site.worker() as worker:
        await settled([worker], PARTITIONS)
        while "Kafka has forgotten its idle producer" not in worker.log.read_text("utf-8"):
            await asyncio.sleep(IDLE_SECONDS)
            events += await forgetful_site.send(
                tickets(range(len(events) // 3, len(events) // 3 + 9))
            )
            await settled([worker], PARTITIONS)
        assert await differences([worker], events, policy, PARTITIONS) == {}


async def test_an_input_may_be_cut_off_under_a_running_worker(
    forgetful_site: Site, forgetful_broker: Broker, tmp_path: Path
) -> None:
    """An old copy becomes leader: offsets that were read already are given to new records."""
    data, copy = forgetful_broker.directory / "data", tmp_path / "copy"
    events = await forgetful_site.send(tickets(range(10)))
    forgetful_broker.stop()
    for partition in data.glob(f"{forgetful_site.topics.inputs['tickets'].name}-*"):
        shutil.copytree(partition, copy / partition.name)
    forgetful_broker.restart()
    events += await forgetful_site.send(tickets(range(10, 40)))
    async with forgetful_site.worker() as worker:
        await settled([worker], PARTITIONS)
        forgetful_broker.stop()
        for partition in copy.iterdir():
            shutil.rmtree(data / partition.name)
            shutil.copytree(partition, data / partition.name)
        forgetful_broker.restart()
        events += await forgetful_site.send(tickets(range(40, 45)))
        policy = forgetful_site.settings.policy
        assert await differences([worker], events, policy, PARTITIONS) == {}
        assert "ends before: it was created anew, or cut" in worker.log.read_text("utf-8")
