"""What the fence and the offset guard are good for: with either off, numbers go wrong.

The comparison is that of the fault test; the faults are planted where they hurt, so that it
fails every time.
"""

import signal
import sys

import pytest

from schemas.events import Event
from tests.integration.comparison import Differences, differences
from tests.integration.conftest import PARTITIONS, Site
from tests.integration.events import ticket
from tests.integration.kafka import message, produce
from tests.integration.program import PAUSE_FILE
from tests.integration.workers import Worker, number, settled, shared

PROGRAM = (sys.executable, "-m", "tests.integration.program")


async def wrong(workers: list[Worker], events: list[Event], site: Site) -> Differences:
    """Return the series that are not the oracle's."""
    return await differences(workers, events, site.settings.policy, PARTITIONS)


@pytest.mark.parametrize(
    ("name", "exact"), [("pausing", True), ("unfenced", True), ("no-fence", False)]
)
async def test_a_zombie_writes_nothing_unless_the_fence_is_off(
    ready_site: Site, name: str, exact: bool
) -> None:
    """A worker stands still in a checkpoint for longer than its session; another takes over.

    The state that it wakes up with is older than what the other has written since. Without the
    fence it becomes the last record of the changelog: the solve is gone, and its offset is
    committed. The positions in the changelog then tell what it lost, as long as the input holds
    it; without them too nothing does.
    """
    kafka = ready_site.settings.kafka
    events = ticket(1)
    created, reply, solve = (message(event, kafka.topic_prefix) for event in events)
    pause = ready_site.directory / "pause"
    zombie = ready_site.worker(*PROGRAM, name, **{PAUSE_FILE: str(pause)})
    owner = ready_site.worker(*PROGRAM, name, **{PAUSE_FILE: str(ready_site.directory / "never")})
    async with zombie:
        await settled([zombie], PARTITIONS)
        pause.touch()
        await produce(kafka.bootstrap_servers, [created, reply])
        await zombie.said("standing still")
        async with owner:
            await settled([owner], PARTITIONS)
            await produce(kafka.bootstrap_servers, [solve])
            assert await wrong([owner], events, ready_site) == {}
            zombie.send(signal.SIGCONT)
            await shared([zombie, owner])
            assert (await wrong([zombie, owner], events, ready_site) == {}) is exact
    told = "".join(worker.log.read_text("utf-8") for worker in (zombie, owner))
    assert ("The changelog has lost something" in told) is (name == "unfenced")


@pytest.mark.parametrize(("name", "exact"), [("skipping", True), ("no-guard", False)])
async def test_a_lost_batch_is_read_again_unless_the_guard_is_off(
    ready_site: Site, name: str, exact: bool
) -> None:
    """The first batch of each partition is lost on its way; the next one shows the jump."""
    kafka = ready_site.settings.kafka
    waves = [
        [event for each in some for event in ticket(each)] for some in (range(20), range(20, 40))
    ]
    first, second = ([message(each, kafka.topic_prefix) for each in wave] for wave in waves)
    async with ready_site.worker(*PROGRAM, name) as worker:
        await worker.ready()
        await produce(kafka.bootstrap_servers, first)
        for partition in range(PARTITIONS):
            await worker.said(f"lost a batch of {kafka.topic_prefix}tickets[{partition}]")
        await produce(kafka.bootstrap_servers, second)
        assert (await wrong([worker], [*waves[0], *waves[1]], ready_site) == {}) is exact
        rereads = number(await worker.page(), "helpdesk_pipeline_rereads_total")
        assert (rereads == PARTITIONS) is exact
