"""From records to the engine: expected offsets, decode, admit, apply; refused ones kept."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Final

import faust
from aiokafka import TopicPartition

from schemas.decode import admit, decode_record
from schemas.events import Event
from schemas.rejected import Rejected
from schemas.scalars import SECOND, Milliseconds
from streams.engine.engine import Engine
from streams.exposition.statistics import Statistics
from streams.worker.batch import Batch, Record
from streams.worker.customer_stage import statement
from streams.worker.dead_letters import dead_letter
from streams.worker.ownership import Ownership
from streams.worker.positions import cut, hole
from streams.worker.shard import Shard

Guard = Callable[[Shard, TopicPartition, int], bool]
Work = Callable[[Shard, TopicPartition, Sequence[Record]], None]
Batches = faust.StreamT[Batch]
AgentFunction = Callable[[Batches], Awaitable[None]]

# A slice of this many events holds the event loop for some 10 to 20 ms.
EVENTS_BETWEEN_PAUSES: Final = 1000
# Refused and re-keyed records wait in memory for a checkpoint; more than this bring it forward.
WAITING_BYTES_MAX: Final = 8 * 1024 * 1024

logger = logging.getLogger(__name__)


def is_jump(shard: Shard, source: TopicPartition, begin: int) -> bool:
    """Return whether a batch that begins at `begin` leaves something out, and is to be read again.

    Faust may drop records that it fetched, such as those of a partition that was not yet served.
    Read again from the expected offset, such a jump is gone. If the very same jump comes again
    then the records are gone from the topic, by retention for instance: it is a hole.
    """
    jump = (shard.expected[source], begin)
    if begin <= shard.expected[source] or shard.jumps.get(source) == jump:
        shard.jumps.pop(source, None)
        return False
    shard.jumps[source] = jump
    return True


class Intake:
    """Takes batches of records, one partition at a time, to the shard that they belong to."""

    def __init__(
        self,
        ownership: Ownership,
        engine: Engine,
        statistics: Statistics,
        clock: Callable[[], Milliseconds],
        seek: Callable[[dict[TopicPartition, int]], Awaitable[None]],
        checkpoint: Callable[[], Awaitable[object]],
        guard: Guard = is_jump,
    ) -> None:
        self._ownership = ownership
        self._engine = engine
        self._statistics = statistics
        self._clock = clock
        self._seek = seek
        self._checkpoint = checkpoint
        self._guard = guard

    async def take(self, source: TopicPartition, batch: Batch) -> None:
        """Apply a batch of events; what is refused waits for the next checkpoint."""
        await self._in_order(source, batch, self._apply)

    async def accept(self, source: TopicPartition, batch: Batch) -> None:
        """Take what tickets say about customers. Raises StateError."""
        await self._in_order(source, batch, self._accept)

    async def _in_order(self, source: TopicPartition, batch: Batch, work: Work) -> None:
        """Do `work` on slices of the batch, each record once.

        A batch of a shard that is not served is left: it begins at its committed offsets.
        Raises Failure if records are lost that nobody writes again.
        """
        shard = self._ownership.serving(source.partition)
        if shard is None:
            return
        expected = shard.expected[source]
        if batch.begin < expected and self._ownership.ends_before(source, expected):
            expected = self._begin_anew(shard, source, batch.begin)
        if self._guard(shard, source, batch.begin):
            self._statistics.rereads += 1
            logger.info(
                "%s[%d]: expected offset %d, found %d; reading again",
                source.topic,
                source.partition,
                expected,
                batch.begin,
            )
            await self._seek({source: expected})
            return
        if batch.begin > expected:
            self._pass_over(source, expected, batch.begin)
        fresh = [record for record in batch.records if record.offset >= expected]
        for start in range(0, len(fresh), EVENTS_BETWEEN_PAUSES):
            part = fresh[start : start + EVENTS_BETWEEN_PAUSES]
            work(shard, source, part)
            shard.expected[source] = part[-1].offset + 1
            if shard.waiting_bytes > WAITING_BYTES_MAX:
                await self._checkpoint()
            await asyncio.sleep(0)
            if not self._ownership.holds(shard):
                return
        shard.expected[source] = max(batch.end, shard.expected[source])

    def _begin_anew(self, shard: Shard, source: TopicPartition, begin: int) -> int:
        """Go back to `begin` in an input that ends before what was read of it; return that.

        The client went to its first record and told nobody. Raises Failure as `cut`.
        """
        read = shard.expected[source]
        found = cut(source, read, begin, internal=self._ownership.is_internal(source.topic))
        logger.warning("%s", found.remark)
        shard.expected[source] = found.offset
        return found.offset

    def _pass_over(self, source: TopicPartition, expected: int, begin: int) -> None:
        """Count a hole. Raises Failure as `hole`."""
        internal = self._ownership.is_internal(source.topic)
        logger.warning("%s", hole(source, expected, begin, internal=internal))
        self._statistics.holes += 1

    def _apply(self, shard: Shard, source: TopicPartition, records: Sequence[Record]) -> None:
        now = self._clock()
        events: list[Event] = []
        for record in records:
            event = self._admitted(record, now)
            if isinstance(event, Rejected):
                self._refuse(shard, record, event)
                continue
            if not events:
                self._look_at_partitioner(record)
            events.append(event)
        if events:
            self._count(shard, source, events, now)

    def _look_at_partitioner(self, record: Record) -> None:
        """Tell, once a topic, of a producer that partitions otherwise than Kafka's own.

        Tickets are counted rightly all the same; but surveys may miss their tickets, and orders
        what tickets say of their customers. One record a slice is looked at: the hash is slow.
        """
        home = self._ownership.home(record.key or b"")
        if home == record.partition:
            return
        if not self._statistics.misplaced[record.topic]:
            logger.warning(
                "%s[%d]@%d lies in another partition than its key, which Kafka's own partitioner "
                "(murmur2) puts into %d: surveys may miss their tickets, orders their customers. "
                "Let the producer partition so (librdkafka: partitioner=murmur2_random), or set "
                "keying: repartition.",
                record.topic,
                record.partition,
                record.offset,
                home,
            )
        self._statistics.misplaced[record.topic] += 1

    def _accept(self, shard: Shard, source: TopicPartition, records: Sequence[Record]) -> None:
        said = [statement(record.key or b"", record.value) for record in records]
        shard.partition.accept(said, self._clock())
        self._engine.flush_if_full()

    def _decoded(self, record: Record) -> Event | Rejected:
        return decode_record(record.key, record.value, record.headers)

    def _admitted(self, record: Record, now: Milliseconds) -> Event | Rejected:
        event = self._decoded(record)
        if isinstance(event, Rejected):
            return event
        return admit(event, now=now, policy=self._engine.policy) or event

    def _count(
        self, shard: Shard, source: TopicPartition, events: list[Event], now: Milliseconds
    ) -> None:
        done = shard.partition.apply(events, now)
        self._engine.flush_if_full()
        self._statistics.events[source.topic, "applied"] += done.applied
        self._statistics.events[source.topic, "duplicate"] += done.duplicate
        self._statistics.late += done.late
        times = sorted(event.time for event in events)
        ages = [max(0, now - time) / SECOND for time in reversed(times)]
        self._statistics.event_to_metric.observe_sorted(ages)
        shard.last_event[source] = Milliseconds(max(times[-1], shard.last_event.get(source, 0)))

    def _refuse(self, shard: Shard, record: Record, rejected: Rejected) -> None:
        self._statistics.events[record.topic, "rejected"] += 1
        self._statistics.rejected[rejected.reason] += 1
        shard.refuse(dead_letter(rejected, record))
