"""Recorded events -> Kafka: validated, to the right topic, under the right key. (Contract 6.)"""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple, Self

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from schemas.decode import decode
from schemas.registry import kafka_key, topic_of
from schemas.rejected import Rejected
from schemas.scalars import SECOND, Milliseconds

STRUCTURED: Final = (("content-type", b"application/cloudevents+json; charset=UTF-8"),)
LINGER_MS: Final = 20
BATCH_BYTES: Final = 256 * 1024
# Sent and not yet acknowledged at most.
WINDOW: Final = 10_000
# The clock is looked at so often while an event is not due: it may be set, or the machine sleep.
WAIT: Final = 10 * SECOND


class Record(NamedTuple):
    """An event as a record, in the structured binding."""

    topic: str
    key: bytes
    value: bytes
    time: Milliseconds


@dataclass
class Sent:
    """What became of the events."""

    topics: Counter[str] = field(default_factory=Counter)
    rejected: Counter[str] = field(default_factory=Counter)

    @property
    def total(self) -> int:
        """How many were sent."""
        return self.topics.total()


def record(value: bytes, topic_prefix: str) -> Record | Rejected:
    """Return the record of a recorded event, or why there is none."""
    event = decode(value)
    if isinstance(event, Rejected):
        return event
    return Record(topic_prefix + topic_of(event), kafka_key(event), value, event.time)


class Producer:
    """Sends recorded events; use it as `async with`. Raises KafkaError.

    With a `clock` each event is held back until the clock shows its time.
    """

    def __init__(
        self,
        client: Mapping[str, Any],
        topic_prefix: str,
        clock: Callable[[], Milliseconds] | None = None,
    ) -> None:
        self._prefix = topic_prefix
        self._clock = clock
        self._producer = AIOKafkaProducer(
            **client,
            acks="all",
            enable_idempotence=True,
            linger_ms=LINGER_MS,
            max_batch_size=BATCH_BYTES,
        )
        self._under_way: set[asyncio.Future[Any]] = set()

    async def __aenter__(self) -> Self:
        try:
            await self._producer.start()
        except KafkaError:
            await self._producer.stop()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._producer.stop()

    async def send(self, value: bytes) -> Record | Rejected:
        """Send one event; it may be acknowledged later. (See flush.)"""
        sending = record(value, self._prefix)
        if isinstance(sending, Record):
            if self._clock is not None:
                await self._until(sending.time, self._clock)
            acknowledgement = await self._producer.send(
                sending.topic, key=sending.key, value=sending.value, headers=list(STRUCTURED)
            )
            self._under_way.add(acknowledgement)
            if len(self._under_way) >= WINDOW:
                await self.flush()
        return sending

    async def flush(self) -> None:
        """Wait until everything is acknowledged. Raises KafkaError if something was refused."""
        waiting, self._under_way = self._under_way, set()
        await asyncio.gather(*waiting)

    async def _until(self, time: Milliseconds, clock: Callable[[], Milliseconds]) -> None:
        while (ahead := time - clock()) > 0:
            await self.flush()
            await asyncio.sleep(min(ahead, WAIT) / SECOND)


async def send_all(values: Iterable[bytes], producer: Producer) -> Sent:
    """Send recorded events and return what became of them."""
    sent = Sent()
    for value in values:
        sending = await producer.send(value)
        if isinstance(sending, Record):
            sent.topics[sending.topic] += 1
        else:
            sent.rejected[sending.reason] += 1
    await producer.flush()
    return sent
