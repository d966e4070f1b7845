"""The simulated helpdesk's events as records that reach the workers: late, twice, or broken."""

from collections.abc import Iterable, Iterator, Sequence
from random import Random
from typing import Final, NamedTuple

from schemas.scalars import MINUTE, SECOND
from streams.demo.helpdesk import Simulated
from streams.worker.producer import Record, record

# One event of so many comes twice, one of so many is followed by one that cannot be read.
TWICE: Final = 150
BROKEN: Final = 500


class Delivery(NamedTuple):
    """A record, when it was sent and when it reaches its worker, both in milliseconds."""

    record: Record
    sent: int
    arrival: int


def deliveries(
    events: Iterable[Simulated], topic_prefix: str, random: Random
) -> Sequence[Delivery]:
    """Return what reaches the workers, in order of arrival."""
    return sorted(
        (
            Delivery(sending, sent, sent + int(random.lognormvariate(-0.9, 0.6) * SECOND))
            for sent, sending in _sent(events, topic_prefix, random)
        ),
        key=lambda delivery: delivery.arrival,
    )


def _sent(
    events: Iterable[Simulated], topic_prefix: str, random: Random
) -> Iterator[tuple[int, Record]]:
    for event in events:
        sending = record(event.value, topic_prefix)
        assert isinstance(sending, Record)
        yield event.time, sending
        if random.randrange(TWICE) == 0:
            yield event.time + random.randrange(MINUTE), sending
        if random.randrange(BROKEN) == 0:
            yield event.time, sending._replace(value=random.choice(faults(event.value)))


def faults(value: bytes) -> tuple[bytes, ...]:
    """Return an event with one fault each: cut off, of an unknown type, without a subject."""
    return (
        value[:-1],
        value.replace(b'"type":"helpdesk.', b'"type":"legacy.'),
        value.replace(b'"subject":', b'"ticket":'),
    )
