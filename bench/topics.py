"""Topics of the bench: created, filled, and how far a group has come in them."""

from collections.abc import Iterable, Sequence
from typing import Final, Self

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient

from bench.workload import Record
from schemas.settings import Kafka, Settings
from streams.worker import connection, topics
from streams.worker.customer_stage import partition_of

BATCH_BYTES: Final = 256 * 1024
# A record that is there is fetched sooner than this.
SILENCE_MS: Final = 300


def settings_of(servers: str, prefix: str, group: str, partitions: int) -> Settings:
    """Return settings of a group over topics of the bench."""
    kafka = Kafka(
        bootstrap_servers=servers, topic_prefix=prefix, group=group, partitions=partitions
    )
    return Settings(kafka=kafka)


async def create(settings: Settings) -> None:
    """Create the topics that a worker with these settings needs, where they are missing."""
    wanted = topics.topics(settings)
    await connection.administrate(settings.kafka, lambda admin: topics.create(admin, wanted))


async def remove(settings: Settings, prefix: str) -> None:
    """Delete every topic whose name begins with `prefix`."""

    async def delete(admin: AIOKafkaAdminClient) -> None:
        names = [name for name in await admin.list_topics() if name.startswith(prefix)]
        await admin.delete_topics(names)

    await connection.administrate(settings.kafka, delete)


async def fill(settings: Settings, records: Iterable[Record]) -> int:
    """Write records to the topic of tickets and return how many there were."""
    topic = topics.topics(settings).inputs["tickets"].name
    producer = AIOKafkaProducer(
        bootstrap_servers=settings.kafka.bootstrap_servers, max_batch_size=BATCH_BYTES
    )
    await producer.start()
    try:
        batches = [producer.create_batch() for _ in range(settings.kafka.partitions)]
        sent = []
        count = 0
        for key, value in records:
            number = partition_of(key, settings.kafka.partitions)
            count += 1
            while batches[number].append(key=key, value=value, timestamp=None) is None:
                sent.append(await producer.send_batch(batches[number], topic, partition=number))
                batches[number] = producer.create_batch()
        for number, batch in enumerate(batches):
            if batch.record_count():
                sent.append(await producer.send_batch(batch, topic, partition=number))
        for acknowledgement in sent:
            await acknowledgement
    finally:
        await producer.stop()
    return count


class Progress:
    """How far a group has come, seen from outside; use it as `async with`."""

    def __init__(self, settings: Settings) -> None:
        servers = settings.kafka.bootstrap_servers
        found = topics.topics(settings)
        self._group = settings.kafka.group
        numbers = range(settings.kafka.partitions)
        self._tickets = [
            TopicPartition(found.inputs["tickets"].name, number) for number in numbers
        ]
        self._customers = [
            TopicPartition(found.inputs["customers"].name, number) for number in numbers
        ]
        self._admin = AIOKafkaAdminClient(bootstrap_servers=servers)
        self._reader = AIOKafkaConsumer(
            bootstrap_servers=servers, isolation_level="read_committed", enable_auto_commit=False
        )

    async def __aenter__(self) -> Self:
        await self._admin.start()
        await self._reader.start()
        self._reader.assign(self._customers)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._reader.stop()
        await self._admin.close()

    async def events(self) -> int:
        """Return how many records of the topic of tickets are committed."""
        return sum((await self._committed(self._tickets)).values())

    async def heard_all(self) -> bool:
        """Return whether no statement about a customer lies behind the committed offsets.

        The end of the topic does not tell: markers of transactions come last.
        """
        for source, offset in (await self._committed(self._customers)).items():
            self._reader.seek(source, offset)
        return not await self._reader.getmany(timeout_ms=SILENCE_MS, max_records=1)

    async def _committed(self, sources: Sequence[TopicPartition]) -> dict[TopicPartition, int]:
        found = await self._admin.list_consumer_group_offsets(self._group, partitions=sources)
        return {source: max(0, position.offset) for source, position in found.items()}
