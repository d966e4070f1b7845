"""Where an event belongs: type, topic, entity, key; and which of two contents wins.

(Contract 1; 7, rulings 2 and 3.)
"""

from decimal import Decimal
from typing import Final, Literal

import msgspec
from msgspec import UNSET

from schemas.events import (
    EVENTS,
    AssignedData,
    CallAbandoned,
    CallEnded,
    ChannelAvailability,
    Data,
    Event,
    OrderPlaced,
    OrderRefunded,
    SurveyAnswered,
    SurveySent,
)
from schemas.scalars import Day, Thousandths

Topic = Literal["tickets", "surveys", "calls", "business"]
Kind = Literal[
    "ticket",
    "survey",
    "calls",
    "orders",
    "channel",
    "cost",
    "review",
    "complaint",
    "feedback",
    "mention",
]
TOPICS: Final[tuple[Topic, ...]] = ("tickets", "surveys", "calls", "business")

# The first word of a type -> the kind of its entity and its topic.
FAMILIES: Final[dict[str, tuple[Kind, Topic]]] = {
    "ticket": ("ticket", "tickets"),
    "survey": ("survey", "surveys"),
    "call": ("calls", "calls"),
    "order": ("orders", "business"),
    "channel": ("channel", "business"),
    "cost": ("cost", "business"),
    "review": ("review", "business"),
    "complaint": ("complaint", "business"),
    "feedback": ("feedback", "business"),
    "mention": ("mention", "business"),
}

# The member of data that holds the entity's key where it is not the subject.
KEYED_BY: Final[dict[type[Event], str]] = {
    CallEnded: "customer",
    CallAbandoned: "customer",
    SurveySent: "ticket",
    SurveyAnswered: "ticket",
    OrderPlaced: "customer",
    OrderRefunded: "customer",
    ChannelAvailability: "channel",
}


def type_of(event: Event | type[Event]) -> str:
    """Return the CloudEvents type, such as "helpdesk.ticket.created"."""
    return str(event.__struct_config__.tag)


CLASSES: Final = {type_of(event): event for event in EVENTS}
FAMILY_OF: Final = {event: FAMILIES[type_of(event).split(".")[1]] for event in EVENTS}
DATA_OF: Final[dict[type[Event], type[Data]]] = {
    event: event.__annotations__["data"] for event in EVENTS
}
# Class of data -> (attribute, member) of its members, by name.
MEMBERS: Final = {
    data: sorted(
        ((f.name, f.encode_name) for f in msgspec.structs.fields(data)), key=lambda pair: pair[1]
    )
    for data in DATA_OF.values()
}


def topic_of(event: Event) -> Topic:
    """Return the topic that carries the event, without the prefix."""
    return FAMILY_OF[type(event)][1]


def entity_of(event: Event) -> tuple[Kind, str]:
    """Return kind and key of the entity that the event belongs to.

    A survey that names a ticket belongs to that ticket. An abandoned call without a customer
    is an entity of its own, under its subject.
    """
    kind = FAMILY_OF[type(event)][0]
    member = KEYED_BY.get(type(event))
    key = None if member is None else getattr(event.data, member)
    if key is None:
        return kind, event.subject
    return "ticket" if member == "ticket" else kind, key


def key_member(event: Event) -> str:
    """Return the path of the member that holds the key of the event's entity."""
    member = KEYED_BY.get(type(event))
    if member is None or getattr(event.data, member) is None:
        return "subject"
    return f"data.{member}"


def kafka_key(event: Event) -> bytes:
    """Return the key of the event's record: the key of its entity in UTF-8."""
    return entity_of(event)[1].encode()


def canonical_data(event: Event) -> str:
    """Return the known members of the event's data as JSON of one form.

    Sorted keys, no spaces, non-ASCII unescaped. Members are written as they were understood, so
    that spellings which mean the same are equal: seconds and scores floored to thousandths,
    amounts as numbers, both without idle zeros (4.50 and "4.5" are 4.5). Absent members and
    defaults are left out; so is null, but in `ticket.assigned`, where it means none.
    """
    data = event.data
    absent = UNSET if isinstance(data, AssignedData) else None
    members = {
        member: normal_form(value)
        for attribute, member in MEMBERS[type(data)]
        if (value := getattr(data, attribute)) is not absent
    }
    return msgspec.json.encode(members).decode()


def normal_form(value: object) -> object:
    """Return a member's value as JSON knows it."""
    match value:
        case Thousandths():
            return plain_number(Decimal(value).scaleb(-3))
        case Decimal():
            return plain_number(value)
        case Day():
            return value.isoformat()
        case _:
            return value


def plain_number(value: Decimal) -> msgspec.Raw:
    """Return a decimal in JSON, without exponent and idle zeros."""
    text = f"{value:f}"
    if "." in text:
        text = text.rstrip("0").removesuffix(".")
    return msgspec.Raw(text.removeprefix("-").encode() if value == 0 else text.encode())


def precedence(event: Event) -> tuple[int, str, str, str, str]:
    """Return what decides between two contents of one identity: the smaller one wins."""
    return (
        event.time,
        type_of(event),
        event.subject,
        event.sequence or "",
        canonical_data(event),
    )
