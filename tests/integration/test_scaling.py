"""More workers and fewer: who has what, and that nothing is counted twice or not at all."""

from tests.integration.comparison import differences
from tests.integration.conftest import PARTITIONS, Site
from tests.integration.events import tickets
from tests.integration.workers import Worker, settled, shared

ASSIGNED = "helpdesk_pipeline_partition_assigned"
INPUTS = 5


async def assigned(worker: Worker) -> dict[str, int]:
    """Return how many topics a worker reads of each partition number."""
    counts: dict[str, int] = {}
    for name, labels in await worker.page():
        if name == ASSIGNED:
            partition = dict(labels)["partition"]
            counts[partition] = counts.get(partition, 0) + 1
    return counts


async def test_a_third_worker_comes_and_goes(ready_site: Site) -> None:
    """Numbers of partitions that cannot be shared evenly too; one has it all or nothing of one."""
    events = await ready_site.send(tickets(range(40)))
    policy = ready_site.settings.policy
    async with ready_site.worker() as first, ready_site.worker() as second:
        await settled([first, second], PARTITIONS)
        async with ready_site.worker() as third:
            workers = [first, second, third]
            await shared(workers)
            assert await differences(workers, events, policy, PARTITIONS) == {}
            owned = [await assigned(each) for each in workers]
            assert sorted(map(len, owned)) == [1, 1, 2]
            assert all(count == INPUTS for each in owned for count in each.values())
            assert await third.stop() == 0
        await settled([first, second], PARTITIONS)


async def test_a_worker_without_partitions_stands_by(site: Site) -> None:
    """It is ready, shows nothing, and takes over when another one dies."""
    site.kafka["partitions"] = 1
    site.write()
    await site.create_topics()
    events = await site.send(tickets(range(10)))
    async with site.worker() as first, site.worker() as second:
        await first.ready()
        await second.ready()
        await settled([first, second], 1)
        spare, owner = (second, first) if await assigned(first) else (first, second)
        assert await assigned(spare) == {}
        await owner.kill()
        assert await differences([spare], events, site.settings.policy, 1) == {}
