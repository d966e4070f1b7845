"""A worker that stood still doubts what it holds."""

import asyncio

import pytest
from aiokafka import TopicPartition

from schemas.decode import decode
from schemas.scalars import DAY, Milliseconds
from streams.worker.housekeeping import Pulse, evict, tell_overflows
from streams.worker.shard import Shard
from tests.worker.doubles import NOW, TICKETS, TO, World, event, until

SOURCE = TopicPartition(TICKETS, 0)


def test_a_pulse_in_time_is_a_pulse(monkeypatch: pytest.MonkeyPatch) -> None:
    """Shorter pauses are nothing, one as long as the session is."""
    now = 100.0
    monkeypatch.setattr("streams.worker.housekeeping.monotonic", lambda: now)
    pulse = Pulse(session_seconds=10.0)
    now = 109.9
    assert pulse.beat()
    now = 119.9
    assert not pulse.beat()
    now = 120.0
    assert pulse.beat()


async def solved_ticket(world: World) -> Shard:
    """Return a shard that holds a ticket solved an hour ago."""
    world.ownership.assign([0])
    await until(lambda: world.ownership.serving(0) is not None)
    shard = world.ownership.serving(0)
    assert shard is not None
    created = decode(event(0))
    solved = decode(event(1, type_="ticket.status", status="solved"))
    shard.partition.apply([created, solved], NOW)
    shard.last_event[SOURCE] = NOW
    await world.ownership.checkpoint()
    return shard


async def test_old_entities_are_forgotten_with_a_tombstone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """In memory at once, in the changelog with the next checkpoint."""
    monkeypatch.setattr("streams.worker.housekeeping.EVICTION_SECONDS", 0.0)
    world = World()
    shard = await solved_ticket(world)
    later = Milliseconds(NOW + 1000 * DAY)
    shard.last_event[SOURCE] = later
    evicting = asyncio.ensure_future(
        evict(world.engine, world.ownership, world.statistics, lambda: later)
    )
    await until(lambda: world.statistics.evicted == 1)
    evicting.cancel()
    await world.ownership.checkpoint()
    rows = [row for row in world.log.read(TO.changelog, 0) if row.key == b"ticket\0T1"]
    assert [row.value is None for row in rows] == [False, True]


async def test_labels_that_overflow_are_told_by_name_and_number(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Once for each time that there are more; the values themselves may be names of people."""
    monkeypatch.setattr("streams.worker.housekeeping.OVERFLOW_SECONDS", 0.0)
    world = World()
    partition = world.engine.open(0)
    world.engine.serve(0, NOW)
    looks = 0

    def overflows() -> dict[str, int]:
        nonlocal looks
        looks += 1
        return world.engine.label_overflows()

    telling = asyncio.ensure_future(tell_overflows(overflows))
    for number in range(2):
        created = decode(event(number, f"T{number}", queue="ann.smith" * 100))
        partition.apply([created], NOW)
        world.engine.flush()
        await until(lambda more=looks + 1: looks > more)  # type: ignore[misc]
    telling.cancel()
    lines = [record.getMessage() for record in caplog.records]
    assert len(lines) == 2
    assert all("more values of the label queue became other" in line for line in lines)
    assert "ann.smith" not in caplog.text


async def test_a_clock_that_is_wrong_makes_nothing_forgotten(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Only events of a later time do: what is forgotten does not come back with the right time."""
    monkeypatch.setattr("streams.worker.housekeeping.EVICTION_SECONDS", 0.0)
    world = World()
    await solved_ticket(world)
    asked = 0

    def far_ahead() -> Milliseconds:
        nonlocal asked
        asked += 1
        return Milliseconds(NOW + 1000 * DAY)

    evicting = asyncio.ensure_future(
        evict(world.engine, world.ownership, world.statistics, far_ahead)
    )
    await until(lambda: asked > 2)
    evicting.cancel()
    assert world.statistics.evicted == 0
