"""What tests put into Kafka and read from it, besides the workers."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from schemas.events import Event
from schemas.registry import kafka_key, topic_of
from streams.worker.topics import Topic
from tests.json_lines import to_json

Headers = Sequence[tuple[str, bytes]]


class Message(NamedTuple):
    """A record to produce; `partition` None: where its key belongs."""

    topic: str
    key: bytes | None
    value: bytes | None
    headers: Headers = ()
    partition: int | None = None


class Kept(NamedTuple):
    """A record that was read."""

    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: dict[str, bytes]


def message(event: Event, prefix: str) -> Message:
    """Return an event as a record in the structured binding."""
    return Message(prefix + topic_of(event), kafka_key(event), to_json(event).encode())


async def produce(servers: str, messages: Iterable[Message]) -> None:
    """Write records and wait until they are acknowledged."""
    async with AIOKafkaProducer(
        bootstrap_servers=servers, max_request_size=4 * 1024 * 1024
    ) as producer:
        sent = [
            await producer.send(
                one.topic,
                key=one.key,
                value=one.value,
                headers=list(one.headers),
                partition=one.partition,
            )
            for one in messages
        ]
        for acknowledgement in sent:
            await acknowledgement


async def kept(servers: str, topic: Topic) -> list[Kept]:
    """Return the committed records of a topic, from beginning to end."""
    async with AIOKafkaConsumer(
        bootstrap_servers=servers,
        isolation_level="read_committed",
        auto_offset_reset="earliest",
        enable_auto_commit=False,
    ) as consumer:
        partitions = [TopicPartition(topic.name, number) for number in range(topic.partitions)]
        consumer.assign(partitions)
        ends = await consumer.end_offsets(partitions)
        found: list[Kept] = []
        for source in partitions:
            while await consumer.position(source) < ends[source]:
                for records in (await consumer.getmany(source, timeout_ms=200)).values():
                    found.extend(
                        Kept(each.partition, each.offset, each.key, each.value, dict(each.headers))
                        for each in records
                    )
        return found
