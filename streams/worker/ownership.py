"""Which shards this worker holds: assigned -> recovered -> served; revoked -> dropped at once."""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Iterable, Sequence
from dataclasses import dataclass
from time import monotonic
from typing import Any, Final

from aiokafka import TopicPartition
from aiokafka.errors import IllegalStateError, KafkaError

from schemas.scalars import Milliseconds
from streams.engine.engine import Engine
from streams.engine.partition import Partition
from streams.entities.stored import StateError
from streams.exposition.statistics import PartitionState, Statistics
from streams.worker.checkpoint import Destinations, write_checkpoint
from streams.worker.connection import is_denial
from streams.worker.customer_stage import partition_of
from streams.worker.failure import RESTART, Failure
from streams.worker.fence import Fence, Fenced, Forgotten, Refused
from streams.worker.inputs import Inputs
from streams.worker.positions import Beginnings, Covered, beginnings, check
from streams.worker.recovery import derive
from streams.worker.shard import Shard

# Pause before a recovery that failed for want of a broker is tried again.
RETRY_SECONDS: Final = 1.0

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Parts:
    """What the ownership works with; each can be another one in a test."""

    engine: Engine
    inputs: Inputs
    fence: Callable[[int], Fence]
    read_changelog: Callable[[int, Partition], Coroutine[Any, Any, Covered]]
    clock: Callable[[], Milliseconds]
    fail: Callable[[BaseException], None]
    beginnings: Beginnings = beginnings


class Ownership:
    """Holds the shards of the assigned partition numbers and takes them through their lives."""

    def __init__(
        self,
        parts: Parts,
        topics: Sequence[str],
        to: Destinations,
        statistics: Statistics,
        session_seconds: float,
    ) -> None:
        self._parts = parts
        self._topics = topics
        self._to = to
        self._statistics = statistics
        self._session_seconds = session_seconds
        self._assigned: frozenset[int] | None = None
        self._shards: dict[int, Shard] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        # One shard after the other: together they would hold the event loop for longer.
        self._deriving = asyncio.Lock()

    def assign(self, numbers: Iterable[int]) -> None:
        """Take over the shards of a new assignment. Recovery goes on in the background."""
        self._assigned = frozenset(numbers)
        self._statistics.rebalances += 1
        for number in sorted(self._assigned - self._shards.keys()):
            self._adopt(number)

    def revoke(self) -> None:
        """Drop every shard at once. (Kafka revokes all partitions before it assigns anew.)"""
        self._assigned = None
        self._drop(*self._shards.values())

    def doubt(self) -> None:
        """Drop every shard, since this process slept for longer than its membership lasts.

        Other workers may serve them by now. If the assignment turns out to have survived, the
        shards are taken over again a session timeout later.
        """
        if self._shards:
            logger.warning(
                "This process stood still for longer than the session timeout; its shards are "
                "dropped, others may have taken them over"
            )
        self._drop_and_readopt(self._session_seconds, *self._shards.values())

    def give_up_recoveries(self) -> None:
        """Drop the shards that are not recovered yet, since this worker is about to stop."""
        self._drop(*(shard for shard in self._shards.values() if not shard.recovered))

    async def close(self) -> None:
        """Drop every shard and wait until all its connections are closed."""
        self.revoke()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def serving(self, number: int) -> Shard | None:
        """Return the shard of a partition number if it is recovered."""
        shard = self._shards.get(number)
        return shard if shard is not None and shard.recovered else None

    def holds(self, shard: Shard) -> bool:
        """Return whether `shard` is still the one that is served."""
        return self._shards.get(shard.number) is shard

    def is_open(self, source: TopicPartition) -> bool:
        """Return whether records of `source` may pass: its shard is recovered."""
        return self.serving(source.partition) is not None

    def is_internal(self, topic: str) -> bool:
        """Return whether only workers write to an input topic."""
        return self._to.is_internal(topic)

    def home(self, key: bytes) -> int:
        """Return the partition number that a key belongs to."""
        return partition_of(key, self._to.partitions)

    def ends_before(self, source: TopicPartition, offset: int) -> bool:
        """Return whether an input is known to end before `offset`."""
        end = self._parts.inputs.end(source)
        return end is not None and end < offset

    @property
    def shards(self) -> Sequence[Shard]:
        """The recovered shards, by number."""
        return [shard for _, shard in sorted(self._shards.items()) if shard.recovered]

    @property
    def missing(self) -> str | None:
        """What keeps this worker from being ready, None if nothing does."""
        if self._assigned is None:
            return "waiting for the consumer group to assign partitions"
        waiting = sorted(self._assigned - {shard.number for shard in self.shards})
        if waiting:
            return "recovering partitions " + ", ".join(map(str, waiting))
        return None

    def states(self) -> list[PartitionState]:
        """Return the state of every assigned partition of every input topic."""
        return [
            self._state(TopicPartition(topic, number), self.serving(number))
            for topic in self._topics
            for number in sorted(self._assigned or ())
        ]

    async def checkpoint(self) -> bool:
        """Write a checkpoint of every shard, then commit the offsets; True if some moved."""
        shards = self.shards
        offsets: dict[TopicPartition, int] = {}
        for written in await asyncio.gather(*map(self._checkpoint, shards)):
            offsets |= written
        if not offsets or not await self._commit(offsets):
            return False
        for shard in shards:
            shard.committed |= {
                source: offsets[source] for source in shard.inputs if source in offsets
            }
        return True

    async def _commit(self, offsets: dict[TopicPartition, int]) -> bool:
        try:
            return await self._parts.inputs.commit(offsets)
        except KafkaError as error:
            told = Failure(f"The offsets cannot be committed: {error}", RESTART)
            self._parts.fail(error if is_denial(error) else told)
            return False

    async def _checkpoint(self, shard: Shard) -> dict[TopicPartition, int]:
        started = monotonic()
        try:
            written = await write_checkpoint(shard, self._to)
        except Fenced:
            self._statistics.fenced += 1
            logger.warning(
                "Partition %d: another worker has taken the shard over; it is dropped here",
                shard.number,
            )
            if self.holds(shard):
                self._drop_and_readopt(self._session_seconds, shard)
            return {}
        except Forgotten:
            logger.info(
                "Partition %d: Kafka has forgotten its idle producer; it is recovered anew",
                shard.number,
            )
            if self.holds(shard):
                self._drop_and_readopt(0.0, shard)
            return {}
        except Refused as error:
            self._parts.fail(error.cause if is_denial(error.cause) else _refusal(error, self._to))
            return {}
        except (KafkaError, TimeoutError) as error:
            if not self.holds(shard):
                return {}  # dropped meanwhile, and its producer closed
            self._parts.fail(
                Failure(
                    f"Kafka did not take a checkpoint of partition {shard.number} "
                    f"({str(error) or type(error).__name__}). Nothing is lost: a restarted worker "
                    "goes on from the last checkpoint.",
                    RESTART,
                )
            )
            return {}
        if written.records:
            self._statistics.checkpoint.observe(monotonic() - started)
        self._statistics.checkpoint_succeeded = self._parts.clock()
        return written.offsets

    def _adopt(self, number: int) -> None:
        shard = self._shards[number] = Shard(
            number,
            tuple(TopicPartition(topic, number) for topic in self._topics),
            self._parts.engine.open(number),
            self._parts.fence(number),
        )
        shard.task = self._spawn(self._recover(shard))

    async def _recover(self, shard: Shard) -> None:
        """Bring a shard from its changelog to serving.

        1. Start the fence: from here on nobody else can write this shard.
        2. Read the changelog to the end that it has now, and derive the entities.
        3. Seek the inputs to where reading goes on, then let their records through.
        """
        started = monotonic()
        inputs = self._parts.inputs
        try:
            await shard.fence.start()
            covered = await self._parts.read_changelog(shard.number, shard.partition)
            check(covered, self._to.partitions, self._topics)
            async with self._deriving:
                await derive(self._parts.engine, shard.partition, self._parts.clock())
            if not self.holds(shard):
                return  # dropped, though a library kept the cancellation to itself
            found = await inputs.standing(shard.inputs)
            begun = self._parts.beginnings(found, covered, self._to.is_internal)
            offsets = {source: each.offset for source, each in begun.items()}
            await inputs.seek(offsets)
        except StateError as error:
            self._parts.fail(Failure(f"Partition {shard.number}: {error}"))
            return
        except (KafkaError, TimeoutError) as error:
            if not self.holds(shard):
                return
            if is_denial(error):
                self._parts.fail(error)
                return
            if not _heals(error):
                self._parts.fail(
                    Failure(f"Partition {shard.number} cannot be recovered: {error}", RESTART)
                )
                return
            logger.warning("Partition %d: recovery is tried again: %s", shard.number, error)
            self._drop_and_readopt(RETRY_SECONDS, shard)
            return
        if not self.holds(shard):
            return
        for remark in filter(None, (each.remark for each in begun.values())):
            logger.warning("%s", remark)
        shard.begin(offsets)
        self._parts.engine.serve(shard.number, self._parts.clock())
        self._statistics.recovery_seconds = monotonic() - started
        inputs.open(shard.inputs)
        logger.info(
            "Partition %d: recovered %d entities in %.2f s",
            shard.number,
            sum(shard.partition.entities().values()),
            self._statistics.recovery_seconds,
        )

    def _drop(self, *shards: Shard) -> None:
        """Forget shards: they count nowhere from this moment on."""
        self._parts.engine.drop(*(shard.number for shard in shards))
        for shard in shards:
            del self._shards[shard.number]
            shard.recovered = False
            self._parts.inputs.close(shard.inputs)
            if shard.task is not None and shard.task is not asyncio.current_task():
                shard.task.cancel()
            self._spawn(shard.fence.stop())

    def _drop_and_readopt(self, seconds: float, *shards: Shard) -> None:
        self._drop(*shards)
        if self._assigned is not None:
            for shard in shards:
                self._spawn(self._readopt(shard.number, self._assigned, seconds))

    async def _readopt(self, number: int, assigned: frozenset[int], seconds: float) -> None:
        """Take a shard over again if the same assignment holds after `seconds`.

        Then it was the other worker that had lost its membership.
        """
        await asyncio.sleep(seconds)
        if self._assigned is assigned and number not in self._shards:
            self._adopt(number)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self._parts.fail(error)

    def _state(self, source: TopicPartition, shard: Shard | None) -> PartitionState:
        if shard is None:
            return PartitionState(source.topic, source.partition, False, None, None, None)
        inputs = self._parts.inputs
        end = inputs.end(source)
        lag = None if end is None else max(0, end - shard.expected[source])
        last_event, last_fetch = shard.last_event.get(source), inputs.last_fetch(source)
        return PartitionState(source.topic, source.partition, True, lag, last_event, last_fetch)


def _heals(error: BaseException) -> bool:
    """Return whether time may cure a failed recovery: a broker away, a rebalance under way."""
    retriable = bool(getattr(error, "retriable", False))
    return retriable or isinstance(error, IllegalStateError | TimeoutError)


def _refusal(error: Refused, to: Destinations) -> Failure:
    """Return why a checkpoint cannot be written, and what to do."""
    what = "dead letters" if error.topic == to.dead_letters else "changelog records"
    return Failure(
        f"Kafka refuses {what} for topic {error.topic} ({type(error.cause).__name__}: "
        f"{error.cause}). The largest has {error.largest} bytes. Nothing was skipped and nothing "
        "was committed: check max.message.bytes of the topic, "
        'with "deskpulse topics check", then start the worker again.'
    )
