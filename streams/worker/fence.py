"""The right to write one shard: a transactional producer that only one worker can hold."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from aiokafka import AIOKafkaProducer, TopicPartition
from aiokafka.errors import (
    BrokerResponseError,
    IllegalOperation,
    InvalidProducerIdMapping,
    KafkaError,
    ProducerFenced,
    UnknownTopicOrPartitionError,
)
from aiokafka.producer.message_accumulator import BatchBuilder

# Batches of this size are filled; a single larger record still is one batch.
BATCH_BYTES: Final = 512 * 1024
# Longer than any checkpoint should take; the broker aborts what is still open after it.
TRANSACTION_SECONDS: Final = 30
STOP_SECONDS: Final = 5
RECORDS_BETWEEN_PAUSES: Final = 1000


class Row(NamedTuple):
    """A record to write; `value` None is a tombstone."""

    key: bytes | None
    value: bytes | None
    headers: Sequence[tuple[str, bytes]] = ()

    @property
    def size(self) -> int:
        """Return the bytes of key, value and headers."""
        headers = sum(len(name) + len(value or b"") for name, value in self.headers)
        return len(self.key or b"") + len(self.value or b"") + headers


Rows = Mapping[TopicPartition, Sequence[Row]]


class Fenced(Exception):
    """Another worker has started the producer of this shard since: nothing was written."""


class Forgotten(Exception):
    """Kafka has forgotten this producer, which wrote nothing for days: nothing was written."""


class Refused(Exception):
    """Kafka will not take the rows of `topic`; retrying would not help."""

    def __init__(self, topic: str, rows: Sequence[Row], cause: KafkaError) -> None:
        super().__init__(topic, cause)
        self.topic = topic
        self.largest = max(row.size for row in rows)
        self.cause = cause


class Fence:
    """A transactional producer. Whoever started it last has fenced everybody else."""

    def __init__(self, client: Mapping[str, Any], name: str) -> None:
        self._producer = AIOKafkaProducer(
            **client, acks="all", linger_ms=0, max_batch_size=BATCH_BYTES, **self._identity(name)
        )

    async def start(self) -> None:
        """Take the right to write, and abort what its last holder left open."""
        await self._producer.start()

    async def write(self, rows: Rows) -> None:
        """Write the rows of each partition, all of them or none.

        Returns once every row is acknowledged and the transaction is committed.
        Raises Fenced, Forgotten, Refused, or KafkaError or TimeoutError if Kafka does not answer
        in time; after any of them this fence must not be used again.
        """
        try:
            async with asyncio.timeout(TRANSACTION_SECONDS):
                await self._begin()
                await self._send({target: found for target, found in rows.items() if found})
                await self._commit()
        except ProducerFenced as error:
            raise Fenced from error
        except KafkaError as error:
            if isinstance(error.__cause__, InvalidProducerIdMapping):
                raise Forgotten from error
            raise

    async def stop(self) -> None:
        """Let go of the producer; an open transaction is left to whoever starts it next."""
        stopping = asyncio.ensure_future(self._producer.stop())
        stopping.add_done_callback(_retrieve)
        await asyncio.wait({stopping}, timeout=STOP_SECONDS)
        stopping.cancel()

    def _identity(self, name: str) -> dict[str, Any]:
        return {
            "transactional_id": name,
            "transaction_timeout_ms": TRANSACTION_SECONDS * 1000,
        }

    async def _begin(self) -> None:
        await self._producer.begin_transaction()

    async def _commit(self) -> None:
        await self._producer.commit_transaction()

    def _failure(self) -> asyncio.Future[None]:
        """Return a future that raises when the transaction fails for another reason than a row."""
        manager = self._producer._txn_manager  # noqa: SLF001 (aiokafka hands it out no other way)
        failure: asyncio.Future[None] = manager.wait_for_transaction_end()
        return failure

    async def _send(self, rows: Rows) -> None:
        """Send all rows and wait for their acknowledgements.

        Committing before the acknowledgements are in would not do: the client commits a
        transaction although a batch of it was refused.
        """
        sent: dict[asyncio.Future[Any], TopicPartition] = {}
        try:
            for target, records in rows.items():
                for batch in await self._batches(records):
                    acknowledgement = await self._sending(batch, target)
                    acknowledgement.add_done_callback(_retrieve)
                    sent[acknowledgement] = target
            failure = self._failure()
            waiting = set(sent)
            while waiting:
                done, _ = await asyncio.wait(
                    waiting | {failure}, return_when=asyncio.FIRST_COMPLETED
                )
                waiting -= done
                for future in done:
                    future.result()
        except BrokerResponseError as error:
            if error.retriable and not isinstance(error, UnknownTopicOrPartitionError):
                raise
            target = _refusing(sent, error) or next(iter(rows))
            raise Refused(target.topic, rows[target], error) from error

    async def _sending(self, batch: BatchBuilder, target: TopicPartition) -> asyncio.Future[Any]:
        try:
            sending: asyncio.Future[Any] = await self._producer.send_batch(
                batch, target.topic, partition=target.partition
            )
        except IllegalOperation:
            # The transaction has failed since it began; its end says why.
            self._failure().result()
            raise
        return sending

    async def _batches(self, rows: Iterable[Row]) -> list[BatchBuilder]:
        batches = [self._producer.create_batch()]
        for count, row in enumerate(rows, 1):
            while not _append(batches[-1], row):
                batches.append(self._producer.create_batch())
            if count % RECORDS_BETWEEN_PAUSES == 0:
                await asyncio.sleep(0)
        for batch in batches:
            batch.close()
        return batches


def _append(batch: BatchBuilder, row: Row) -> bool:
    """Add `row` unless the batch is full; the first record always fits."""
    added = batch.append(timestamp=None, key=row.key, value=row.value, headers=list(row.headers))
    return added is not None


def _retrieve(future: asyncio.Future[Any]) -> None:
    """Look at a future that may fail after everybody has stopped waiting for it."""
    if not future.cancelled():
        future.exception()


def _refusing(
    sent: Mapping[asyncio.Future[Any], TopicPartition], error: KafkaError
) -> TopicPartition | None:
    """Return where the batch went that failed with `error`, or a topic that the error names."""
    for future, target in sent.items():
        if future.done() and not future.cancelled() and future.exception() is error:
            return target
    named = {name for argument in error.args for name in _names(argument)}
    return next((target for target in sent.values() if target.topic in named), None)


def _names(argument: object) -> Iterable[object]:
    return argument if isinstance(argument, set | list | tuple) else [argument]
