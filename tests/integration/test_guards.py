"""What the fence and the offset guard are good for: with either off, numbers go wrong."""

import signal
import sys

import pytest

from tests.integration.conftest import PARTITIONS, Site
from tests.integration.events import ticket
from tests.integration.kafka import message, produce
from tests.integration.program import PAUSE_FILE
from tests.integration.workers import Worker, number, settled, shared

PROGRAM = (sys.executable, "-m", "tests.integration.program")
OPENED = "helpdesk_rolling_tickets_opened"
RESOLVED = "helpdesk_rolling_tickets_resolved"


async def shown(workers: list[Worker], family: str) -> int:
    """Return what the workers show together."""
    await settled(workers, PARTITIONS)
    return sum([int(number(await worker.page(), family, window="1d")) for worker in workers])


@pytest.mark.parametrize(("name", "exact"), [("pausing", True), ("no-fence", False)])
async def test_a_zombie_writes_nothing_unless_the_fence_is_off(
    ready_site: Site, name: str, exact: bool
) -> None:
    """A worker stands still in a checkpoint for longer than its session; another takes over.

    The state that it wakes up with is older than what the other has written since. Without the
    fence it becomes the last record of the changelog: the solve is gone, and its offset is
    committed.
    """
    kafka = ready_site.settings.kafka
    created, reply, solve = (message(event, kafka.topic_prefix) for event in ticket(1))
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
            assert await shown([owner], RESOLVED) == 1
            zombie.send(signal.SIGCONT)
            await shared([zombie, owner])
            assert (await shown([zombie, owner], RESOLVED) == 1) is exact


@pytest.mark.parametrize(("name", "exact"), [("skipping", True), ("no-guard", False)])
async def test_a_lost_batch_is_read_again_unless_the_guard_is_off(
    ready_site: Site, name: str, exact: bool
) -> None:
    """The first batch of each partition is lost on its way; the next one shows the jump."""
    kafka = ready_site.settings.kafka
    waves = [
        [message(event, kafka.topic_prefix) for each in numbers for event in ticket(each)]
        for numbers in (range(20), range(20, 40))
    ]
    async with ready_site.worker(*PROGRAM, name) as worker:
        await worker.ready()
        await produce(kafka.bootstrap_servers, waves[0])
        for partition in range(PARTITIONS):
            await worker.said(f"lost a batch of {kafka.topic_prefix}tickets[{partition}]")
        await produce(kafka.bootstrap_servers, waves[1])
        assert (await shown([worker], OPENED) == 40) is exact
        rereads = number(await worker.page(), "helpdesk_pipeline_rereads_total")
        assert (rereads == PARTITIONS) is exact
