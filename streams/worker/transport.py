"""Faust's Kafka transport, with batches instead of records and our checkpoint as its commit.

Faust brings the consumer in a thread of its own, group membership, assignment and flow control.
Its per-record path, its bookkeeping of acknowledged offsets and its producer are not used.
"""

import asyncio
from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from typing import Any, ClassVar, cast

import faust
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import (
    CommitFailedError,
    ConsumerStoppedError,
    IllegalStateError,
    KafkaError,
)
from faust.transport.drivers import TRANSPORTS
from faust.transport.drivers import aiokafka as driver
from faust.types import TP
from faust.types.tuples import ConsumerMessage

from schemas.scalars import Milliseconds
from streams.worker.batch import Batch
from streams.worker.inputs import Standing
from streams.worker.ownership import Ownership

SCHEME = "batch"


class Worker(faust.App):
    """A Faust app whose consumer hands partitions to an ownership."""

    ownership: Ownership
    consumer_options: Mapping[str, Any]
    fail: Callable[[BaseException], None]

    def _create_directories(self) -> None:
        """Keep nothing on disk: Faust would make a directory for its tables."""


class Thread(driver.AIOKafkaConsumerThread):
    """The consumer's thread, with our options and batches that say what they cover."""

    async def on_start(self) -> None:
        """Connect; where that fails the process ends with a sentence, not with a traceback."""
        try:
            await super().on_start()
        except KafkaError as error:
            cast("Worker", self.app).fail(error)
        # The client tells a lost place in the group to the next fetch only, and without open
        # partitions there is none.
        self._ensure_consumer()._coordinator._push_error_to_user = self._lost

    def _create_worker_consumer(self, transport: driver.Transport) -> AIOKafkaConsumer:
        return AIOKafkaConsumer(**cast("Worker", self.app).consumer_options)

    async def _lost(self, error: KafkaError) -> None:
        cast("Worker", self.app).fail(error)

    async def _fetch_records(
        self,
        consumer: AIOKafkaConsumer,
        active_partitions: set[TP],
        timeout: float | None = None,  # noqa: ASYNC109 (Faust's signature)
        max_records: int | None = None,
    ) -> Any:
        """Return what was fetched, a batch a partition; wait up to `timeout` seconds for it."""
        fetcher = consumer._fetcher
        if consumer._closed or fetcher._closed:
            raise ConsumerStoppedError
        with fetcher._subscriptions.fetch_context():
            batches = await self._drained(consumer, active_partitions, max_records)
            if not batches:
                arrival = fetcher._create_fetch_waiter()
                await asyncio.wait([arrival], timeout=timeout)
                if arrival.done():
                    arrival.result()
                arrival.cancel()
                batches = await self._drained(consumer, active_partitions, max_records)
            return batches

    async def _drained(
        self, consumer: AIOKafkaConsumer, active: set[TP], max_records: int | None
    ) -> dict[TP, Batch]:
        """Return what has arrived, with the positions before and after it.

        Without a time-out and outside of a rebalance aiokafka hands it out without a pause, so
        nobody can seek in between.
        """
        subscriptions = consumer._subscription
        if not (self.consumer.flow_active and active) or subscriptions.reassignment_in_progress:
            return {}
        assignment = subscriptions.subscription.assignment
        states = {source: assignment.state_value(source) for source in active}
        begins = {source: state._position for source, state in states.items() if state}
        records = await consumer._fetcher.fetched_records(
            active, timeout=0, max_records=max_records
        )
        return {
            source: Batch(begin, states[source]._position, records.get(source, []))
            for source, begin in begins.items()
            if begin is not None and states[source]._position != begin
        }


class Consumer(driver.Consumer):
    """Faust's consumer: one message a partition and fetch, and shards that open and close."""

    app: Worker
    _thread: Thread

    def _new_consumer_thread(self) -> Thread:
        return Thread(self, loop=self.loop, beacon=self.beacon)

    async def on_partitions_assigned(self, assigned: set[TP], generation_id: int = 0) -> None:
        """Take the assigned partitions over."""
        await super().on_partitions_assigned(assigned, generation_id)
        self.app.ownership.assign({source.partition for source in assigned})

    async def on_partitions_revoked(self, revoked: set[TP]) -> None:
        """Write a last checkpoint, which Faust asks for once the agents are done; then drop."""
        await super().on_partitions_revoked(revoked)
        self.app.ownership.revoke()

    async def on_stop(self) -> None:
        """Write a last checkpoint, drop everything, and leave the group."""
        await super().on_stop()
        await self.app.ownership.close()

    async def force_commit(self, topics: Any = None, start_new_transaction: bool = True) -> bool:
        """Write a checkpoint. Faust calls this by timer, before a rebalance and when it stops."""
        self._acked.clear()
        self._acked_index.clear()
        return await self.app.ownership.checkpoint()

    async def perform_seek(self) -> None:
        """Leave out Faust's seek: each shard seeks once it is recovered, and none may follow."""

    def resume_partitions(self, tps: Iterable[TP]) -> None:
        """Let through what Faust resumes, but only partitions whose shard is recovered."""
        ownership = self.app.ownership
        super().resume_partitions({tp for tp in tps if ownership.is_open(TopicPartition(*tp))})

    def verify_event_path(self, now: float, tp: TP) -> None:
        """Leave out Faust's watch over single records: the lag is a metric."""

    async def _getmany(
        self,
        active_partitions: set[TP] | None,
        timeout: float,  # noqa: ASYNC109
    ) -> Any:
        # A copy: Faust hands its live set to the consumer's thread, where an empty one means all.
        return await super()._getmany(set(active_partitions or ()), timeout)

    async def _drain_messages(self, fetcher: Any) -> None:
        try:
            while not (self._stopped.is_set() or fetcher._stopped.is_set()):
                await self._deliver(*await self._wait_next_records(1.0))
                await asyncio.sleep(0)
        except (ConsumerStoppedError, asyncio.CancelledError):
            if not self.app.should_stop:
                raise

    async def _deliver(self, batches: Mapping[TP, Any] | None, active: set[TP] | None) -> None:
        generation = self.app.consumer_generation_id
        for source, batch in (batches or {}).items():
            if not self.flow_active or self.app.consumer_generation_id != generation:
                return
            if source in (active or ()) or source in self._buffered_partitions:
                message = _message(source, batch, generation)
                await self.wait_first(self.callback(message), self.suspend_flow.wait())


class Membership:
    """This worker's membership in the consumer group, for its ownership. (See Inputs.)"""

    def __init__(self, app: Worker) -> None:
        self._app = app

    async def standing(
        self, partitions: Sequence[TopicPartition]
    ) -> dict[TopicPartition, Standing]:
        """Return how each partition stands: what is committed, and what there is to read."""
        firsts = await self._call(self._client.beginning_offsets(partitions))
        ends = await self._call(self._client.end_offsets(partitions))
        return {
            source: Standing(
                await self._call(self._client.committed(source)), firsts[source], ends[source]
            )
            for source in partitions
        }

    async def seek(self, offsets: dict[TopicPartition, int]) -> None:
        """Read on from `offsets`."""
        await self._call(self._seek(offsets))

    async def _seek(self, offsets: dict[TopicPartition, int]) -> None:
        for source, offset in offsets.items():
            self._client.seek(source, offset)

    async def commit(self, offsets: dict[TopicPartition, int]) -> bool:
        """Commit `offsets`; False if this worker's assignment is a thing of the past."""
        try:
            await self._call(self._client.commit(offsets))
        except (CommitFailedError, IllegalStateError):
            return False
        return True

    def open(self, partitions: Iterable[TopicPartition]) -> None:
        """Let records of `partitions` through."""
        self._consumer.resume_partitions([TP(*source) for source in partitions])

    def close(self, partitions: Iterable[TopicPartition]) -> None:
        """Hold records of `partitions` back."""
        self._consumer.pause_partitions([TP(*source) for source in partitions])

    def end(self, source: TopicPartition) -> int | None:
        """Return the end of a partition as the last fetch saw it, None while unknown."""
        end = self._known(AIOKafkaConsumer.last_stable_offset, source)
        return None if end is None or end < 0 else end

    def last_fetch(self, source: TopicPartition) -> Milliseconds | None:
        """Return when Kafka last answered a fetch of `source`, None while unknown."""
        at = self._known(AIOKafkaConsumer.last_poll_timestamp, source)
        return None if at is None else Milliseconds(at)

    def _known(
        self,
        what: Callable[[AIOKafkaConsumer, TopicPartition], int | None],
        source: TopicPartition,
    ) -> int | None:
        """Return what the client knows of an assigned partition."""
        try:
            return what(self._client, source)
        except (AssertionError, AttributeError):
            # The consumer's thread has just been told that the partition is not ours any more.
            return None

    @property
    def _consumer(self) -> Consumer:
        return cast("Consumer", self._app.consumer)

    @property
    def _client(self) -> AIOKafkaConsumer:
        return self._consumer._thread._ensure_consumer()

    async def _call(self, work: Coroutine[Any, Any, Any]) -> Any:
        """Do `work` in the client's own thread and loop.

        Not through Faust's queue of such calls, where it would wait behind idle fetches.
        """
        loop = self._consumer._thread.thread_loop
        if loop.is_closed():
            work.close()
            raise IllegalStateError("the consumer has stopped")
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(work, loop))


class Producer(driver.Producer):
    """No producer: each shard writes through its own."""

    async def on_start(self) -> None:
        """Open no connection."""

    async def on_stop(self) -> None:
        """Close none."""

    async def flush(self) -> None:
        """Nothing is ever buffered here."""


class Transport(driver.Transport):
    """Faust's Kafka transport with the consumer above."""

    Consumer: ClassVar[type[Consumer]] = Consumer
    Producer: ClassVar[type[Producer]] = Producer


class Untouched(faust.Schema[Any, Any]):
    """Keys and values as they are: a message's value is a batch."""

    def loads_key(self, app: Any, message: Any, **options: Any) -> Any:
        """Return no key."""
        return message.key

    def loads_value(self, app: Any, message: Any, **options: Any) -> Any:
        """Return the batch."""
        return message.value


def register() -> None:
    """Make the transport known to Faust under the scheme `batch`."""
    TRANSPORTS.aliases[SCHEME] = f"{__name__}:Transport"


def _message(source: TP, batch: Any, generation: int) -> ConsumerMessage:
    """Return a batch as one message, under the offset of its last record."""
    return ConsumerMessage(
        source.topic,
        source.partition,
        offset=batch.end - 1,
        timestamp=0.0,
        timestamp_type=0,
        headers={},
        key=None,
        value=batch,
        checksum=None,
        serialized_key_size=0,
        serialized_value_size=0,
        tp=source,
        generation_id=generation,
    )
