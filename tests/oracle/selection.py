"""S(t): which events count, each identity once, and the order within an entity.

(Contract 2 and 7, rulings 2, 3, 4, 7.)
"""

import json
from collections.abc import Iterable
from decimal import Decimal

import msgspec
from msgspec import UNSET

from schemas.events import (
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

Entity = tuple[str, str]
Identity = tuple[Entity, str, str]
Precedence = tuple[int, str, str, str, str]


def event_type(event: Event) -> str:
    """Return the CloudEvents type, `helpdesk.ticket.created` and so on."""
    return str(type(event).__struct_config__.tag)


def entity(event: Event) -> Entity:
    """Return kind and key of the entity that the event belongs to.

    Ruling 2: a ticket with its surveys, a survey, the calls of a customer, the orders of a
    customer, a channel, else the type's first word with the subject.
    """
    match event:
        case SurveySent() | SurveyAnswered() if event.data.ticket is not None:
            return "ticket", event.data.ticket
        case CallEnded():
            return "calls", event.data.customer
        case CallAbandoned():
            return "calls", event.data.customer or event.subject
        case OrderPlaced() | OrderRefunded():
            return "orders", event.data.customer
        case ChannelAvailability():
            return "channel", event.data.channel
        case _:
            return event_type(event).split(".")[1], event.subject


def identity(event: Event) -> Identity:
    """Ruling 2: identity is (source, id) within an entity."""
    return entity(event), event.source, event.id


def canonical_data(data: Data) -> str:
    """Return the known members as JSON: keys sorted, no spaces, non-ASCII unescaped. (Ruling 3.)

    Ruling 4: null in an optional member is absent, but in `ticket.assigned` it means none.
    """
    members = {}
    for member in msgspec.structs.fields(data):
        value = getattr(data, member.name)
        null_is_said = isinstance(data, AssignedData) and value is None
        if value is not UNSET and (value is not None or null_is_said):
            members[member.encode_name] = plain(value)
    return json.dumps(members, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def plain(value: object) -> object:
    """Return a member as JSON knows it: thousandths are numbers, amounts and days strings."""
    if isinstance(value, Thousandths):
        return value // 1000 if value % 1000 == 0 else value / 1000
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, Day):
        return value.isoformat()
    return value


def precedence(event: Event) -> Precedence:
    """Ruling 3: of two contents of one identity the smaller wins."""
    return (
        event.time,
        event_type(event),
        event.subject,
        event.sequence or "",
        canonical_data(event.data),
    )


def winners(events: Iterable[Event]) -> list[Event]:
    """Return each identity once, over all copies, whatever their time."""
    best: dict[Identity, Event] = {}
    for event in events:
        key = identity(event)
        if key not in best or precedence(event) < precedence(best[key]):
            best[key] = event
    return list(best.values())


def selected(events: Iterable[Event], t: int) -> list[Event]:
    """Return S(t): the valid events with time <= t, each identity once. (Contract 2.)

    Ruling 1: neither max_skew nor horizon applies; events later than t have no effect.
    """
    return [event for event in winners(events) if event.time <= t]


def order(event: Event) -> tuple[int, str, str, str]:
    """By (time, sequence, source, id); ruling 4: a missing sequence is ""."""
    return event.time, event.sequence or "", event.source, event.id
