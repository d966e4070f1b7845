"""Where an event belongs, and which of two contents wins."""

import json
from typing import Any

import pytest

from schemas.decode import decode
from schemas.events import Event
from schemas.registry import canonical_data, entity_of, kafka_key, precedence, topic_of
from tests.schemas.examples import EVERY, value


def read(type_: str, data: dict[str, Any], **more: Any) -> Event:
    event = decode(value(f"helpdesk.{type_}", data, **more))
    assert isinstance(event, Event), event
    return event


@pytest.mark.parametrize(
    ("type_", "data", "topic", "entity"),
    [
        ("ticket.created", {"customer": "c"}, "tickets", ("ticket", "T-1")),
        ("ticket.merged", {"into": "T-2"}, "tickets", ("ticket", "T-1")),
        ("survey.sent", {"kind": "csat"}, "surveys", ("survey", "T-1")),
        ("survey.sent", {"kind": "csat", "ticket": "T-9"}, "surveys", ("ticket", "T-9")),
        (
            "survey.answered",
            {"kind": "csat", "score": 1, "ticket": "T-9"},
            "surveys",
            ("ticket", "T-9"),
        ),
        (
            "call.ended",
            {"customer": "c", "wait_seconds": 1, "talk_seconds": 1},
            "calls",
            ("calls", "c"),
        ),
        ("call.abandoned", {"wait_seconds": 1, "customer": "c"}, "calls", ("calls", "c")),
        ("call.abandoned", {"wait_seconds": 1}, "calls", ("calls", "T-1")),
        (
            "order.placed",
            {"customer": "c", "amount": 1, "currency": "EUR"},
            "business",
            ("orders", "c"),
        ),
        (
            "order.refunded",
            {"customer": "c", "order": "o", "amount": 1, "currency": "EUR"},
            "business",
            ("orders", "c"),
        ),
        (
            "cost.recorded",
            {"amount": 1, "currency": "EUR", "from": "2026-01-01", "to": "2026-01-02"},
            "business",
            ("cost", "T-1"),
        ),
        (
            "review.scored",
            {"kind": "qa", "score": 1, "max_score": 1},
            "business",
            ("review", "T-1"),
        ),
        ("complaint.logged", {"ticket": "T-9"}, "business", ("complaint", "T-1")),
        (
            "feedback.recorded",
            {"kind": "feedback", "sentiment": "neutral"},
            "business",
            ("feedback", "T-1"),
        ),
        (
            "mention.observed",
            {"network": "x", "sentiment": "neutral"},
            "business",
            ("mention", "T-1"),
        ),
        (
            "channel.availability",
            {"channel": "chät", "available": True},
            "business",
            ("channel", "chät"),
        ),
    ],
)
def test_an_event_belongs_to_its_entity(
    type_: str, data: dict[str, Any], topic: str, entity: tuple[str, str]
) -> None:
    event = read(type_, data)
    assert topic_of(event) == topic
    assert entity_of(event) == entity
    assert kafka_key(event) == entity[1].encode()


@pytest.mark.parametrize(
    ("type_", "data", "expected"),
    [
        ("ticket.created", {"x": 1, "queue": None}, "{}"),
        (
            "ticket.created",
            {"via": "customer", "tags": ["ü", '"'], "bot": False},
            r'{"bot":false,"tags":["ü","\""],"via":"customer"}',
        ),
        ("ticket.assigned", {"queue": None}, '{"queue":null}'),
        ("ticket.assigned", {"agent": "a"}, '{"agent":"a"}'),
        ("ticket.escalated", {"tier": 2}, '{"tier":2}'),
        ("ticket.escalated", {"tier": "2"}, '{"tier":"2"}'),
        (
            "call.abandoned",
            {"wait_seconds": 1.25001},
            '{"wait_seconds":1.25}',
        ),
        (
            "survey.answered",
            {"kind": "csat", "score": 3.0, "scale": [1, 5]},
            '{"kind":"csat","scale":[1,5],"score":3}',
        ),
        (
            "survey.answered",
            {"kind": "csat", "score": -0.5, "scale": [-5, 5]},
            '{"kind":"csat","scale":[-5,5],"score":-0.5}',
        ),
        (
            "order.placed",
            {"customer": "c", "amount": "100.00", "currency": "EUR"},
            '{"amount":100,"currency":"EUR","customer":"c"}',
        ),
        (
            "cost.recorded",
            {"amount": 1e2, "currency": "EUR", "from": "2026-01-01", "to": "2026-01-02"},
            '{"amount":100,"currency":"EUR","from":"2026-01-01","to":"2026-01-02"}',
        ),
    ],
)
def test_data_has_one_form(type_: str, data: dict[str, Any], expected: str) -> None:
    assert canonical_data(read(type_, data)) == expected


@pytest.mark.parametrize("example", EVERY, ids=lambda e: e["type"])
def test_the_one_form_means_the_same_event(example: dict[str, Any]) -> None:
    event = decode(json.dumps(example).encode())
    assert isinstance(event, Event)
    again = decode(json.dumps(example | {"data": json.loads(canonical_data(event))}).encode())
    assert isinstance(again, Event)
    assert canonical_data(again) == canonical_data(event)
    assert precedence(again) == precedence(event)


def test_strings_are_escaped_as_python_does() -> None:
    """The contract's form is that of `json.dumps` with `ensure_ascii=False`."""
    odd = "".join(map(chr, (*range(1, 256), 0x2028, 0x2029, 0xFFFF, 0x1F600)))
    event = read("ticket.created", {"queue": odd, "topic": "\x00"})
    expected = json.dumps({"queue": odd, "topic": "\x00"}, ensure_ascii=False)
    assert canonical_data(event) == expected.replace(": ", ":").replace(", ", ",")


def test_the_smaller_content_wins() -> None:
    first = read("ticket.message", {"author": "agent"})
    ordered = [
        read("ticket.message", {"author": "system"}, time="2026-06-01T09:59:59.999Z"),
        read("ticket.assigned", {}),
        first,
        read("ticket.message", {"author": "bot"}),
        read("ticket.message", {"author": "agent"}, sequence="1"),
        read("ticket.message", {"author": "agent"}, subject="T-2"),
        read("ticket.status", {"status": "new"}),
    ]
    assert sorted([*ordered[3:], *ordered[:3]], key=precedence) == ordered
    assert precedence(read("ticket.message", {"author": "agent"}, sequence="")) == precedence(
        first
    )
