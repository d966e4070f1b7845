"""Assigned -> recovered -> served; revoked or fenced -> dropped at once."""

import asyncio
from contextlib import suppress

import pytest
from aiokafka import TopicPartition
from aiokafka.errors import KafkaConnectionError, KafkaStorageError, MessageSizeTooLargeError

from schemas.decode import decode
from schemas.events import Event
from streams.engine.partition import Partition
from streams.worker import positions
from streams.worker.failure import Failure
from streams.worker.fence import Forgotten, Refused, Row
from streams.worker.positions import Covered
from streams.worker.shard import Shard
from tests.worker.doubles import (
    CUSTOMERS,
    NOW,
    SURVEYS,
    TICKETS,
    TO,
    FalseFence,
    World,
    event,
    until,
)

SOURCE = TopicPartition(TICKETS, 0)


async def serving(world: World, number: int = 0) -> Shard:
    """Return the shard once it is recovered."""
    await until(lambda: world.ownership.serving(number) is not None)
    shard = world.ownership.serving(number)
    assert shard is not None
    return shard


async def applied(world: World, *numbers: int) -> Shard:
    """Apply events as if they had come from Kafka at the offsets of their numbers."""
    shard = await serving(world)
    events = [decode(event(number, subject=f"T{number}")) for number in numbers]
    assert all(isinstance(found, Event) for found in events)
    shard.partition.apply(events, NOW)
    shard.expected[SOURCE] = max(numbers) + 1
    return shard


async def covered(world: World) -> Covered:
    """Return what the changelog says that it holds."""
    written = [row for row in world.log.read(TO.changelog, 0) if row.key == positions.KEY]
    return positions.decode(written[-1].value or b"")


def opened(world: World) -> int:
    """Return how many tickets the worker shows as opened within a day."""
    return sum(
        int(sample.value)
        for family in world.engine.snapshot(NOW).families()
        for sample in family.samples
        if sample.name == "helpdesk_rolling_tickets_opened" and sample.labels["window"] == "1d"
    )


async def test_a_shard_is_let_through_only_when_it_is_recovered() -> None:
    """Before it is recovered nothing is open and the worker is not ready; then it sought first."""
    world = World()
    assert world.ownership.missing == "waiting for the consumer group to assign partitions"
    world.ownership.assign([0, 3])
    assert world.ownership.missing == "recovering partitions 0, 3"
    assert not world.ownership.is_open(SOURCE)
    assert world.inputs.opened == set()
    await serving(world, 3)
    assert world.ownership.missing is None
    inputs = {TopicPartition(topic, 0) for topic in (TICKETS, SURVEYS, CUSTOMERS)}
    assert dict.fromkeys(inputs, 0) in world.inputs.sought
    assert inputs <= world.inputs.opened


async def test_a_worker_without_partitions_is_ready() -> None:
    """More workers than partitions: those left over stand by."""
    world = World()
    world.ownership.assign([])
    assert world.ownership.missing is None


async def test_a_successor_goes_on_where_the_checkpoint_was() -> None:
    """Entities come from the changelog, offsets from the group, and nothing is lost or doubled."""
    first = World()
    first.ownership.assign([0])
    await applied(first, 1, 2)
    assert await first.ownership.checkpoint()
    await applied(first, 3)
    second = World(first.log)
    second.ownership.assign([0])
    shard = await serving(second)
    assert shard.expected[SOURCE] == 3
    assert opened(second) == 2
    await applied(second, 2, 3)
    assert opened(second) == 3


async def test_revoked_shards_are_dropped_at_once() -> None:
    """Not a moment later does the worker show them, and their producers are let go."""
    world = World()
    world.ownership.assign([0])
    await applied(world, 1)
    assert opened(world) == 1
    world.ownership.revoke()
    assert opened(world) == 0
    assert world.inputs.opened == set()
    await world.ownership.close()
    assert all(fence.stopped for fence in world.fences)


async def test_offsets_are_committed_after_the_changelog_and_cover_what_was_written() -> None:
    """What is applied while a checkpoint is being written belongs to the next one."""
    world = World()
    world.ownership.assign([0])
    shard = await applied(world, 1)
    world.fences[0].gate = asyncio.Event()
    writing = asyncio.ensure_future(world.ownership.checkpoint())
    await until(lambda: world.fences[0].writing)
    await applied(world, 2)
    world.fences[0].gate.set()
    await writing
    assert world.log.committed[SOURCE] == 2
    written = {row.key for row in world.log.read(TO.changelog, 0)}
    assert b"ticket\0T1" in written
    assert b"ticket\0T2" not in written
    await world.ownership.checkpoint()
    assert world.log.committed[SOURCE] == 3
    assert shard.committed[SOURCE] == 3


async def test_positions_are_written_with_the_entities_that_hold_what_was_read() -> None:
    """One transaction; the group is told afterwards. Also where no entity has changed."""
    world = World()
    world.ownership.assign([0])
    shard = await applied(world, 1)
    world.inputs.current = False
    assert not await world.ownership.checkpoint()
    assert (await covered(world)).offsets[TICKETS] == 2
    assert world.log.committed == {}
    shard.expected[SOURCE] = 5
    world.inputs.current = True
    assert await world.ownership.checkpoint()
    assert await covered(world) == Covered(TO.partitions, {TICKETS: 5, SURVEYS: 0, CUSTOMERS: 0})
    assert world.log.committed == {SOURCE: 5}


async def test_a_changelog_that_is_gone_is_noticed_and_read_for_again() -> None:
    """The group's offsets alone would leave out all that was in it."""
    first = World()
    first.ownership.assign([0])
    await applied(first, 1, 2)
    await first.ownership.checkpoint()
    first.log.records.clear()
    second = World(first.log)
    second.ownership.assign([0])
    shard = await serving(second)
    assert shard.expected[SOURCE] == 0
    assert {SOURCE: 0, **dict.fromkeys(shard.inputs, 0)} in second.inputs.sought


async def test_what_no_reading_brings_back_ends_the_worker() -> None:
    """What tickets said to customers: the topic is another one."""
    world = World()
    customers = TopicPartition(CUSTOMERS, 0)
    world.log.committed[customers] = 7
    world.inputs.ends[customers] = 3
    world.ownership.assign([0])
    await until(lambda: bool(world.failures))
    [failure] = world.failures
    assert isinstance(failure, Failure)
    assert f"{CUSTOMERS}[0] was read up to 7 and ends before" in str(failure)
    assert world.ownership.serving(0) is None


async def test_a_shard_whose_idle_producer_was_forgotten_is_recovered_anew() -> None:
    """Nobody else holds it, so it is taken over again at once, and nothing is lost."""
    world = World()
    world.ownership.assign([0])
    first = await applied(world, 1)
    world.fences[0].refuse = Forgotten()
    assert not await world.ownership.checkpoint()
    await until(lambda: world.ownership.serving(0) not in (None, first))
    assert (await serving(world)).expected[SOURCE] == 0
    assert not world.failures


async def test_nothing_new_writes_nothing() -> None:
    """An idle worker leaves Kafka alone."""
    world = World()
    world.ownership.assign([0])
    await serving(world)
    assert not await world.ownership.checkpoint()
    assert world.log.records == {}


async def test_a_fenced_worker_drops_the_shard_and_commits_nothing() -> None:
    """The zombie's older state does not reach the changelog, nor do its offsets."""
    zombie = World()
    zombie.ownership.assign([0])
    await applied(zombie, 1)
    owner = World(zombie.log)
    owner.ownership.assign([0])
    await applied(owner, 1, 2)
    await owner.ownership.checkpoint()
    before = list(owner.log.read(TO.changelog, 0))
    assert not await zombie.ownership.checkpoint()
    assert owner.log.read(TO.changelog, 0) == before
    assert owner.log.committed[SOURCE] == 3
    assert zombie.statistics.fenced == 1
    assert opened(zombie) == 0


async def test_a_fenced_worker_takes_the_shard_again_if_it_stays_assigned() -> None:
    """Then it was the other one that was the zombie; state is read anew."""
    world = World()
    world.ownership.assign([0])
    first = await applied(world, 1)
    world.log.holder[0] = "somebody else"
    await world.ownership.checkpoint()
    await until(lambda: world.ownership.serving(0) not in (None, first))
    assert opened(world) == 0
    assert not world.failures


async def test_a_fenced_worker_does_not_take_a_shard_that_was_revoked_since() -> None:
    """A new assignment decides."""
    world = World(session_seconds=0.01)
    world.ownership.assign([0])
    await applied(world, 1)
    world.log.holder[0] = "somebody else"
    await world.ownership.checkpoint()
    world.ownership.revoke()
    world.ownership.assign([])
    await world.ownership.close()
    assert len(world.fences) == 1


async def test_a_process_that_stood_still_drops_everything() -> None:
    """It cannot know whether others serve its partitions; if not, it gets them back."""
    world = World()
    world.ownership.assign([0, 1])
    await applied(world, 1)
    await serving(world, 1)
    world.ownership.doubt()
    assert opened(world) == 0
    assert world.ownership.missing == "recovering partitions 0, 1"
    await serving(world, 0)
    await serving(world, 1)


async def test_a_dropped_shard_is_never_served_even_if_its_recovery_goes_on() -> None:
    """Libraries may keep a cancellation to themselves; a successor may be recovering already."""
    world = World()
    gate = asyncio.Event()

    reading = asyncio.Semaphore(0)

    async def deaf(number: int, partition: Partition) -> Covered:
        reading.release()
        with suppress(asyncio.CancelledError):
            await gate.wait()
        return Covered()

    world.ownership = world.with_reader(deaf)
    world.ownership.assign([0])
    await reading.acquire()
    world.ownership.revoke()
    world.ownership.assign([0])
    await reading.acquire()
    assert world.ownership.serving(0) is None
    gate.set()
    await serving(world)
    assert not world.failures


async def test_a_worker_that_stops_gives_up_its_recoveries() -> None:
    """Nobody waits for what would be dropped a moment later."""
    world = World()
    world.ownership.assign([0, 1])
    world.ownership.give_up_recoveries()
    await world.ownership.close()
    assert world.ownership.shards == []
    assert all(fence.stopped for fence in world.fences)


async def test_refused_records_stop_the_worker() -> None:
    """A record too large or a topic that may not be written: said, never skipped."""
    world = World()
    world.ownership.assign([0])
    await applied(world, 1)
    rows = [Row(b"k", b"v" * 9)]
    world.fences[0].refuse = Refused(TO.changelog, rows, MessageSizeTooLargeError())
    assert not await world.ownership.checkpoint()
    [failure] = world.failures
    assert isinstance(failure, Failure)
    assert failure.exit_code == 2
    assert "changelog records for topic helpdesk.deskpulse-changelog" in str(failure)
    assert "10 bytes" in str(failure)
    assert world.log.committed == {}


@pytest.mark.parametrize(
    "error", [TimeoutError(), KafkaConnectionError("away"), KafkaStorageError("full")]
)
async def test_a_checkpoint_that_kafka_does_not_take_ends_the_process(error: Exception) -> None:
    """A restart helps: exit code 1."""
    world = World()
    world.ownership.assign([0])
    await applied(world, 1)
    world.fences[0].refuse = error
    assert not await world.ownership.checkpoint()
    [failure] = world.failures
    assert isinstance(failure, Failure)
    assert failure.exit_code == 1


async def test_a_recovery_is_tried_again_while_the_broker_is_away(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What time may heal is not worth a restart."""
    monkeypatch.setattr("streams.worker.ownership.RETRY_SECONDS", 0.0)
    world = World()
    attempts = []

    async def away_once(fence: FalseFence) -> None:
        attempts.append(fence)
        if len(attempts) == 1:
            raise KafkaConnectionError("away")

    monkeypatch.setattr("tests.worker.doubles.FalseFence.start", away_once)
    world.ownership.assign([0])
    await serving(world)
    assert len(attempts) == 2
    assert attempts[0].stopped


async def test_a_state_of_another_version_is_refused() -> None:
    """Never misread: the worker ends and says what to do."""
    world = World()
    world.log.records[TopicPartition(TO.changelog, 0)] = [Row(b"ticket\0T1", b"\xff rubbish")]
    world.ownership.assign([0])
    await until(lambda: bool(world.failures))
    [failure] = world.failures
    assert isinstance(failure, Failure)
    assert failure.exit_code == 2
    assert "state version 255" in str(failure)
    assert world.ownership.serving(0) is None
