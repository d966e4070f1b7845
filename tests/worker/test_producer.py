"""Recorded events become records under the key that workers expect."""

import asyncio
from typing import Any, Final

import orjson
import pytest

from schemas.rejected import Rejected
from schemas.scalars import HOUR, SECOND, Milliseconds
from streams.worker import producer
from streams.worker.producer import WAIT, Producer, Record, record, send_all
from tests.worker.doubles import NOW, event

# The time of event(0); event(3) comes 3 s later.
START: Final = Milliseconds(NOW - HOUR)


@pytest.mark.parametrize(
    ("type_", "data", "topic", "key"),
    [
        ("ticket.created", {}, "helpdesk.tickets", b"T1"),
        ("survey.sent", {"kind": "csat", "ticket": "T9"}, "helpdesk.surveys", b"T9"),
        ("survey.sent", {"kind": "csat"}, "helpdesk.surveys", b"T1"),
        ("call.abandoned", {"wait_seconds": 3}, "helpdesk.calls", b"T1"),
        ("call.abandoned", {"wait_seconds": 3, "customer": "ann"}, "helpdesk.calls", b"ann"),
        (
            "order.placed",
            {"customer": "ann", "amount": 1, "currency": "EUR"},
            "helpdesk.business",
            b"ann",
        ),
    ],
)
def test_an_event_goes_to_its_topic_under_its_key(
    type_: str, data: dict[str, Any], topic: str, key: bytes
) -> None:
    """The value is the event as it was recorded."""
    value = event(1, type_=type_, **data)
    assert record(value, "helpdesk.") == Record(topic, key, value, Milliseconds(START + SECOND))


def test_a_refused_event_is_no_record() -> None:
    """Why is said."""
    value = orjson.dumps({"specversion": "1.0"})
    assert isinstance(record(value, "helpdesk."), Rejected)


class FalseKafka:
    """Takes records and acknowledges them, and has a clock that goes on when somebody sleeps."""

    def __init__(self, now: Milliseconds) -> None:
        self.now = now
        self.sent: list[Milliseconds] = []
        self.slept: list[float] = []

    def clock(self) -> Milliseconds:
        """Return the time."""
        return self.now

    async def sleep(self, seconds: float) -> None:
        """Let time pass."""
        self.slept.append(seconds)
        self.now = Milliseconds(self.now + round(seconds * SECOND))

    async def start(self) -> None:
        """Do nothing."""

    async def stop(self) -> None:
        """Do nothing."""

    async def send(self, topic: str, **_: object) -> asyncio.Future[None]:
        """Take a record at this time."""
        self.sent.append(self.now)
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        done.set_result(None)
        return done


@pytest.mark.parametrize(
    ("waits", "seconds"), [(True, [0, 0, 3, 3, 3, 60]), (False, [0, 0, 0, 0, 0, 0])]
)
async def test_events_wait_for_their_time_if_they_are_told_to(
    waits: bool, seconds: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is due goes at once, in the order of the file."""
    kafka = FalseKafka(START)
    monkeypatch.setattr(producer, "AIOKafkaProducer", lambda **_: kafka)
    monkeypatch.setattr(asyncio, "sleep", kafka.sleep)
    events = [event(number) for number in (-60, 0, 3, 3, 2, 60)]
    async with Producer({}, "helpdesk.", kafka.clock if waits else None) as sender:
        sent = await send_all(events, sender)
    assert sent.total == len(events)
    assert [(time - START) // SECOND for time in kafka.sent] == seconds
    assert all(slept * SECOND <= WAIT for slept in kafka.slept)
