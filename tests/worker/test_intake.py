"""Records to the engine: nothing skipped, nothing refused without a trace."""

from collections.abc import Sequence

import pytest
from aiokafka import TopicPartition

from schemas.scalars import DAY, MINUTE
from streams.worker.batch import Batch
from streams.worker.failure import Failure
from streams.worker.intake import EVENTS_BETWEEN_PAUSES, Intake
from streams.worker.shard import Shard
from tests.worker.doubles import (
    CUSTOMERS,
    NOW,
    TICKETS,
    TO,
    Record,
    World,
    event,
    message,
    records,
    until,
)

SOURCE = TopicPartition(TICKETS, 0)


class Bench:
    """An intake over a served shard."""

    def __init__(self) -> None:
        self.world = World()
        self.checkpoints = 0
        self.intake = Intake(
            self.world.ownership,
            self.world.engine,
            self.world.statistics,
            lambda: NOW,
            self.world.inputs.seek,
            self._checkpoint,
        )

    async def shard(self) -> Shard:
        """Return the shard, recovered."""
        self.world.ownership.assign([0])
        await until(lambda: self.world.ownership.serving(0) is not None)
        self.world.inputs.sought.clear()
        shard = self.world.ownership.serving(0)
        assert shard is not None
        return shard

    async def take(
        self, found: Sequence[Record], *, begin: int | None = None, end: int | None = None
    ) -> None:
        """Hand a batch in that covers the offsets of its records, or more."""
        first = found[0].offset if begin is None else begin
        last = found[-1].offset + 1 if end is None else end
        await self.intake.take(SOURCE, Batch(first, last, found))

    def count(self, outcome: str) -> int:
        """Return how many events came to this."""
        return self.world.statistics.events[TICKETS, outcome]  # type: ignore[index]

    async def _checkpoint(self) -> None:
        self.checkpoints += 1
        await self.world.ownership.checkpoint()


async def test_a_batch_is_applied_and_the_expected_offset_moves() -> None:
    """Known events count as duplicates."""
    bench = Bench()
    shard = await bench.shard()
    await bench.take(records(0, 1, 2))
    assert shard.expected[SOURCE] == 3
    await bench.take([Record(3, message(2))])
    assert (bench.count("applied"), bench.count("duplicate")) == (3, 1)
    assert shard.last_event[SOURCE] == NOW - 3_600_000 + 2000


async def test_a_batch_of_a_shard_that_is_not_served_is_left() -> None:
    """It will be read again from the committed offset."""
    bench = Bench()
    await bench.take(records(0, 1))
    assert bench.world.statistics.events.total() == 0


async def test_records_that_were_seen_are_passed_over() -> None:
    """After a seek back, a batch may begin before the expected offset."""
    bench = Bench()
    shard = await bench.shard()
    await bench.take(records(0, 1, 2))
    await bench.take(records(1, 2, 3))
    assert shard.expected[SOURCE] == 4
    assert (bench.count("applied"), bench.count("duplicate")) == (4, 0)


async def test_a_jump_is_read_again() -> None:
    """Nothing is applied out of the jump; the batch from the expected offset mends it."""
    bench = Bench()
    shard = await bench.shard()
    await bench.take(records(0, 1))
    await bench.take(records(5, 6))
    assert bench.world.inputs.sought == [{SOURCE: 2}]
    assert shard.expected[SOURCE] == 2
    await bench.take(records(2, 3, 4, 5, 6))
    assert bench.count("applied") == 7
    assert bench.world.statistics.holes == 0


async def test_batches_behind_a_jump_are_no_confirmation_of_it() -> None:
    """They were under way before the seek; only the same jump again is a hole."""
    bench = Bench()
    shard = await bench.shard()
    await bench.take(records(0, 1))
    await bench.take(records(5, 6))
    await bench.take(records(7, 8))
    assert shard.expected[SOURCE] == 2
    await bench.take(records(2, 3, 4, 5))
    assert shard.expected[SOURCE] == 6


async def test_offsets_without_records_are_no_jump() -> None:
    """Markers of transactions, aborted and compacted records: the batch covers them."""
    bench = Bench()
    shard = await bench.shard()
    await bench.take(records(0, 1), end=3)
    await bench.take([], begin=3, end=5)
    await bench.take(records(7, 9), begin=5, end=12)
    assert shard.expected[SOURCE] == 12
    assert (bench.count("applied"), bench.world.statistics.rereads) == (4, 0)


async def test_an_input_that_was_cut_is_read_again() -> None:
    """The client goes to the first record by itself; what it reads there was not read before."""
    bench = Bench()
    shard = await bench.shard()
    await bench.take(records(0, 1, 2, 3))
    bench.world.inputs.ends[SOURCE] = 2
    await bench.take([Record(0, message(7)), Record(1, message(1))])
    assert shard.expected[SOURCE] == 2
    assert (bench.count("applied"), bench.count("duplicate")) == (5, 1)
    bench.world.inputs.ends[SOURCE] = 3
    await bench.take([Record(2, message(8))])
    assert bench.count("applied") == 6


async def test_a_topic_of_our_own_that_was_cut_ends_the_worker() -> None:
    """What tickets said there to customers is said by nobody again."""
    bench = Bench()
    await bench.shard()
    source = TopicPartition(CUSTOMERS, 0)
    await bench.intake.accept(source, Batch(0, 4, []))
    bench.world.inputs.ends[source] = 2
    with pytest.raises(Failure, match="What it still held is lost"):
        await bench.intake.accept(source, Batch(0, 2, []))


async def test_a_hole_in_a_topic_of_our_own_ends_the_worker() -> None:
    """Unread statements expired: the customers' numbers would be wrong for good."""
    bench = Bench()
    await bench.shard()
    source = TopicPartition(CUSTOMERS, 0)
    await bench.intake.accept(source, Batch(5, 6, []))
    with pytest.raises(Failure, match="the records from 0 to 4 are gone, unread"):
        await bench.intake.accept(source, Batch(5, 6, []))


async def test_the_same_jump_again_is_a_hole(caplog: pytest.LogCaptureFixture) -> None:
    """Records that retention took away do not come back: accepted, counted and told."""
    bench = Bench()
    shard = await bench.shard()
    await bench.take(records(0, 1))
    await bench.take(records(5, 6))
    await bench.take(records(5, 6))
    assert shard.expected[SOURCE] == 7
    assert bench.world.statistics.holes == 1
    assert "helpdesk.tickets[0]: the records from 2 to 4 are gone, unread" in caplog.text
    assert bench.world.statistics.rereads == 1


async def test_a_poison_record_leaves_its_neighbours_alone() -> None:
    """It goes to the dead letters as it came, with the reason; the others count."""
    bench = Bench()
    shard = await bench.shard()
    poison = Record(1, b'{"specversion": "1.0", ')
    await bench.take([*records(0), poison, *records(2)])
    assert (bench.count("applied"), bench.count("rejected")) == (2, 1)
    assert bench.world.statistics.rejected == {"invalid_json": 1}
    [letter] = shard.rejected
    assert (letter.key, letter.value) == (poison.key, poison.value)
    headers = dict(letter.headers)
    assert headers["reason"] == b"invalid_json"
    assert headers["topic"] == TICKETS.encode()
    assert (headers["partition"], headers["offset"]) == (b"0", b"1")
    assert headers["message"]


async def test_a_dead_letter_is_written_before_its_offset_is_committed() -> None:
    """One transaction with the entities; no letter, no commit."""
    bench = Bench()
    await bench.shard()
    await bench.take([Record(0, b"nothing")])
    bench.world.fences[0].refuse = TimeoutError()
    assert not await bench.world.ownership.checkpoint()
    assert bench.world.log.committed == {}


async def test_a_dead_letter_is_durable_with_its_offset() -> None:
    """The letter is there, then the offset behind it."""
    bench = Bench()
    await bench.shard()
    await bench.take([Record(0, b"nothing")])
    assert await bench.world.ownership.checkpoint()
    assert len(bench.world.log.read(TO.dead_letters, 0)) == 1
    assert bench.world.log.committed[SOURCE] == 1


@pytest.mark.parametrize(
    ("offset_ms", "reason"),
    [(6 * MINUTE, "too_far_ahead"), (-401 * DAY, "too_old")],
)
async def test_live_workers_refuse_impossible_times(offset_ms: int, reason: str) -> None:
    """Too far ahead of the clock, or past the horizon."""
    bench = Bench()
    await bench.shard()
    number = (offset_ms + 3_600_000) // 1000
    await bench.take([Record(0, event(number))])
    assert bench.world.statistics.rejected == {reason: 1}


async def test_a_record_without_its_key_is_refused() -> None:
    """Another partition may hold the rest of the ticket."""
    bench = Bench()
    await bench.shard()
    await bench.take([Record(0, event(0), key=None), Record(1, event(1), key=b"T2")])
    assert bench.world.statistics.rejected == {"wrong_key": 2}


async def test_a_record_in_another_partition_than_its_key_counts_and_is_told(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Its producer hashes otherwise: surveys may not meet tickets, nor orders customers."""
    bench = Bench()
    await bench.shard()
    for offset in (0, 1):
        stray = Record(offset, event(offset, subject="T2"), key=b"T2")
        await bench.take([stray])
    assert bench.world.statistics.events[SOURCE.topic, "applied"] == 2
    assert bench.world.statistics.misplaced == {SOURCE.topic: 2}
    [told] = [line for line in caplog.messages if "another partition than its key" in line]
    assert "(murmur2) puts into 3" in told


async def test_records_where_their_keys_belong_are_not_told() -> None:
    bench = Bench()
    await bench.shard()
    await bench.take(records(1))
    assert not bench.world.statistics.misplaced[SOURCE.topic]


async def test_both_bindings_are_read() -> None:
    """The envelope in the value, or in headers."""
    bench = Bench()
    await bench.shard()
    headers = [
        ("ce_specversion", b"1.0"),
        ("ce_id", b"b1"),
        ("ce_source", b"/test"),
        ("ce_type", b"helpdesk.ticket.created"),
        ("ce_time", b"2026-11-18T08:00:00Z"),
        ("ce_subject", b"T1"),
        ("content-type", b"application/json"),
    ]
    await bench.take([Record(0, b'{"queue": "tech"}', headers=headers), Record(1, message(1))])
    assert (bench.count("applied"), bench.count("rejected")) == (2, 0)


@pytest.mark.parametrize(
    "large",
    [Record(0, b"x" * 10_000), Record(0, b"x", headers=[("flood", b"y" * 10_000)])],
    ids=["value", "headers"],
)
async def test_a_flood_of_refused_records_brings_the_checkpoint_forward(
    monkeypatch: pytest.MonkeyPatch, large: Record
) -> None:
    """They wait in memory, so there is a bound to it."""
    monkeypatch.setattr("streams.worker.intake.WAITING_BYTES_MAX", 10_000)
    bench = Bench()
    shard = await bench.shard()
    await bench.take([large])
    assert bench.checkpoints == 1
    assert shard.rejected == []
    assert len(bench.world.log.read(TO.dead_letters, 0)) == 1


async def test_a_batch_whose_shard_is_dropped_half_way_stops_there() -> None:
    """What is left belongs to whoever takes over."""
    bench = Bench()
    shard = await bench.shard()
    apply = shard.partition.apply

    def apply_and_lose(events: Sequence[object], now: int) -> object:
        bench.world.ownership.revoke()
        return apply(events, now)

    shard.partition.apply = apply_and_lose  # type: ignore[method-assign, assignment]
    await bench.take(records(*range(EVENTS_BETWEEN_PAUSES + 1)))
    assert shard.expected[SOURCE] == EVENTS_BETWEEN_PAUSES
