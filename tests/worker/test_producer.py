"""Recorded events become records under the key that workers expect."""

from typing import Any

import orjson
import pytest

from schemas.rejected import Rejected
from streams.worker.producer import Record, record
from tests.worker.doubles import event


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
    assert record(value, "helpdesk.") == Record(topic, key, value)


def test_a_refused_event_is_no_record() -> None:
    """Why is said."""
    value = orjson.dumps({"specversion": "1.0"})
    assert isinstance(record(value, "helpdesk."), Rejected)
