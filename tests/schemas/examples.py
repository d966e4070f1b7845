"""Good events: for every type its data with nothing optional, and with everything."""

import json
from typing import Any, Final

Data = dict[str, Any]

ATTRIBUTES: Final = {
    "customer": "c-1",
    "channel": "email",
    "priority": "high",
    "queue": "tech",
    "topic": "login",
    "tags": ["vip", "späti"],
}
GOOD: Final[dict[str, tuple[Data, ...]]] = {
    "helpdesk.ticket.created": ({}, {**ATTRIBUTES, "via": "agent", "bot": True}),
    "helpdesk.ticket.message": (
        {"author": "customer"},
        {"author": "agent", "agent": "ann", "public": False},
    ),
    "helpdesk.ticket.status": (
        {"status": "open"},
        {"status": "solved", "by": "bot", "agent": "b"},
    ),
    "helpdesk.ticket.assigned": ({}, {"agent": None, "queue": "tech"}),
    "helpdesk.ticket.updated": ({}, {**ATTRIBUTES, "first_contact_resolved": True}),
    "helpdesk.ticket.escalated": ({}, {"tier": 2, "to": "second line"}, {"tier": "expert"}),
    "helpdesk.ticket.handoff": ({"to": "agent"}, {"to": "bot"}),
    "helpdesk.ticket.merged": ({"into": "T-2"},),
    "helpdesk.ticket.spam": ({},),
    "helpdesk.ticket.deleted": ({},),
    "helpdesk.ticket.restored": ({},),
    "helpdesk.call.ended": (
        {"customer": "c-1", "wait_seconds": 0, "talk_seconds": 61.5},
        {
            "customer": "c-1",
            "agent": "ann",
            "queue": "tech",
            "ticket": "T-1",
            "wait_seconds": 1.25,
            "talk_seconds": 2,
            "hold_seconds": 3,
            "wrap_seconds": 4e1,
        },
    ),
    "helpdesk.call.abandoned": (
        {"wait_seconds": 5},
        {"wait_seconds": 5, "customer": "c-1", "queue": "tech"},
    ),
    "helpdesk.survey.sent": (
        {"kind": "csat"},
        {
            "kind": "nps",
            "ticket": "T-1",
            "customer": "c-1",
            "agent": "ann",
            "channel": "email",
            "queue": "tech",
        },
    ),
    "helpdesk.survey.answered": (
        {"kind": "csat", "score": 5},
        {"kind": "ces", "score": 6.5},
        {"kind": "nps", "score": 0},
        {"kind": "esat", "score": 1},
        {"kind": "fcr", "score": 1},
        {"kind": "csat", "score": -3, "scale": [-5, 5], "ticket": "T-1", "agent": "ann"},
    ),
    "helpdesk.order.placed": (
        {"customer": "c-1", "amount": "12.50", "currency": "EUR"},
        {"customer": "c-1", "amount": 1200, "currency": "JPY"},
    ),
    "helpdesk.order.refunded": (
        {"customer": "c-1", "order": "o-1", "amount": 0.5, "currency": "EUR"},
    ),
    "helpdesk.cost.recorded": (
        {"amount": 100, "currency": "EUR", "from": "2026-06-01", "to": "2026-07-01"},
    ),
    "helpdesk.review.scored": (
        {"kind": "qa", "score": 0, "max_score": 0.001},
        {
            "kind": "mystery_shop",
            "score": 7.5,
            "max_score": 10,
            "passed": True,
            "agent": "ann",
            "queue": "tech",
            "topic": "login",
            "script_followed": False,
        },
    ),
    "helpdesk.complaint.logged": (
        {},
        {"ticket": "T-1", "customer": "c-1", "topic": "login", "channel": "email"},
    ),
    "helpdesk.feedback.recorded": (
        {"kind": "interview", "sentiment": "neutral"},
        {"kind": "feedback", "sentiment": "positive", "topic": "login"},
    ),
    "helpdesk.mention.observed": ({"network": "x", "sentiment": "negative"},),
    "helpdesk.channel.availability": ({"channel": "chat", "available": False},),
}


def content(type_: str = "helpdesk.ticket.spam", data: Data | None = None, **more: Any) -> Data:
    """Return an event as JSON has it; `more` replaces members of the envelope."""
    return {
        "specversion": "1.0",
        "id": "e-1",
        "source": "/helpdesk",
        "type": type_,
        "time": "2026-06-01T10:00:00Z",
        "subject": "T-1",
        **more,
        "data": data or {},
    }


def value(type_: str = "helpdesk.ticket.spam", data: Data | None = None, **more: Any) -> bytes:
    """Return the bytes of such an event."""
    return json.dumps(content(type_, data, **more), ensure_ascii=False).encode()


EVERY: Final = tuple(content(type_, data) for type_, every in GOOD.items() for data in every)
