"""From records to the engine: expected offsets, decode, admit, apply; refused ones kept."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Final

import faust
from aiokafka import TopicPartition
from aiokafka.structs import ConsumerRecord

from schemas.decode import admit, decode_record
from schemas.events import Event
from schemas.rejected import Rejected
from schemas.scalars import SECOND, Milliseconds
from streams.engine.engine import Engine
from streams.exposition.statistics import Statistics
from streams.worker.dead_letters import dead_letter
from streams.worker.ownership import Ownership
from streams.worker.shard import Shard

Record = ConsumerRecord[bytes | None, bytes | None]
Guard = Callable[[Shard, TopicPartition, int], bool]
Batches = faust.StreamT[Sequence[Record]]
AgentFunction = Callable[[Batches], Awaitable[None]]

# A slice of this many events holds the event loop for some 10 to 20 ms.
EVENTS_BETWEEN_PAUSES: Final = 1000
# Refused records wait in memory for a checkpoint; more than this bring it forward.
REJECTED_BYTES_MAX: Final = 8 * 1024 * 1024

logger = logging.getLogger(__name__)


def is_jump(shard: Shard, source: TopicPartition, found: int) -> bool:
    """Return whether a batch that begins at `found` must be read again from the expected offset.

    Faust may hand over records of a partition that was not yet served, or drop some; both show
    as a jump. Read again from the expected offset, such a jump is gone. If the very same jump
    comes again it is a hole in the topic: compaction, a marker of a transaction, retention.
    """
    jump = (shard.expected[source], found)
    if found == shard.expected[source] or shard.jumps.get(source) == jump:
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

    async def take(self, source: TopicPartition, records: Sequence[Record]) -> None:
        """Apply `records` in order; what is refused waits for the next checkpoint.

        Records of a shard that is not served are left: it begins at its committed offsets.
        """
        shard = self._ownership.serving(source.partition)
        if shard is None:
            return
        expected = shard.expected[source]
        fresh = [record for record in records if record.offset >= expected]
        if not fresh:
            return
        found = fresh[0].offset
        if self._guard(shard, source, found):
            self._statistics.rereads += 1
            logger.info(
                "%s[%d]: expected offset %d, found %d; reading again",
                source.topic,
                source.partition,
                expected,
                found,
            )
            await self._seek({source: expected})
            return
        self._statistics.holes += found != expected
        for start in range(0, len(fresh), EVENTS_BETWEEN_PAUSES):
            if not self._ownership.holds(shard):
                return
            self._apply(shard, source, fresh[start : start + EVENTS_BETWEEN_PAUSES])
            if shard.rejected_bytes > REJECTED_BYTES_MAX:
                await self._checkpoint()
            await asyncio.sleep(0)

    def _apply(self, shard: Shard, source: TopicPartition, records: Sequence[Record]) -> None:
        now = self._clock()
        events = []
        for record in records:
            event = self._admitted(record, now)
            if isinstance(event, Rejected):
                self._refuse(shard, record, event)
            else:
                events.append(event)
        if events:
            self._count(shard, source, events, now)
        shard.expected[source] = records[-1].offset + 1

    def _admitted(self, record: Record, now: Milliseconds) -> Event | Rejected:
        event = decode_record(record.key, record.value, record.headers)
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
        shard.refuse(
            dead_letter(
                rejected,
                key=record.key,
                value=record.value,
                topic=record.topic,
                partition=record.partition,
                offset=record.offset,
            )
        )
