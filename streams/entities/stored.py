"""Events as they are kept: tuples whose order is the order within a ticket, and their bytes.

An entity's body is a version byte and a MessagePack array of its events in order of arrival, so
a new event is one more chunk at the end. The same bytes are the changelog record.

Ids that are lower-case UUIDs are kept as 16 bytes, which sort as their text does.
"""

from collections.abc import Callable
from decimal import Decimal
from typing import Any, Final

import msgspec

from schemas import events as e
from schemas.registry import canonical_data
from schemas.scalars import read_scalar
from streams.entities.attributes import AGENT, ATTRIBUTES
from streams.facts.facts import STATUSES

# time, sequence, source, id, kind, code, name, attributes, extra
#   kind        place in `schemas.events.EVENTS`
#   code        the closed members, see below
#   name        the agent of a ticket's event; of any other event its subject
#   attributes  queue, channel, priority, topic, customer
#   extra       JSON: of a ticket's event the members that no KPI reads, else all of them
Stored = tuple[
    int,
    str,
    str,
    str | bytes,
    int,
    int,
    str | None,
    tuple[str | None, ...] | None,
    str | None,
]

VERSION: Final = b"\x01"
HEADER: Final = 6  # version, then a MessagePack array header of 32 bits

CREATED: Final = 0
MESSAGE: Final = 1
STATUS: Final = 2
ASSIGNED: Final = 3
UPDATED: Final = 4
ESCALATED: Final = 5
HANDOFF: Final = 6
MERGED: Final = 7
SPAM: Final = 8
DELETED: Final = 9
RESTORED: Final = 10
CALL_ENDED: Final = 11
SURVEY_SENT: Final = 13
SURVEY_ANSWERED: Final = 14
ORDER_PLACED: Final = 15

TYPES: Final = tuple(str(t.__struct_config__.tag) for t in e.EVENTS)

# What created and updated events set; an agent is assigned.
SET_TOGETHER: Final = ATTRIBUTES[:AGENT]

# Codes of closed members; 0 = absent.
VIA: Final = (None, "customer", "agent", "system")
FLAG: Final = (None, False, True)
AUTHOR: Final = ("customer", "agent", "bot", "system")
BY: Final = (None, "customer", "agent", "bot", "system")

_VIA: Final = {value: i for i, value in enumerate(VIA)}
_FLAG: Final = {value: i for i, value in enumerate(FLAG)}
_MESSAGE: Final = {
    (author, public): i | j << 2
    for i, author in enumerate(AUTHOR)
    for j, public in enumerate(FLAG)
}
_STATUS: Final = {
    (status, by): i | j << 3 for i, status in enumerate(STATUSES) for j, by in enumerate(BY)
}

encode: Final = msgspec.msgpack.Encoder().encode
_decode: Final = msgspec.msgpack.Decoder(
    # msgspec knows no union of text and bytes, so the id is any.
    list[
        tuple[int, str, str, Any, int, int, str | None, tuple[str | None, ...] | None, str | None]
    ]
).decode
_json: Final = msgspec.json.Encoder(order="sorted").encode
_from_json: Final = msgspec.json.Decoder().decode


class StateError(Exception):
    """A changelog record that this program cannot read: of another version, or damaged."""


def of_another_version(what: str, record: bytes) -> StateError:
    """Return the error of a record whose first byte is not our version, with what to do."""
    return StateError(
        f"{what} has state version {record[0] if record else 'none'}, this program reads "
        f"{VERSION[0]}; run the version that wrote it, or recompute under a new kafka.group"
    )


def compact_id(text: str) -> str | bytes:
    """Return a canonical lower-case UUID as its 16 bytes, any other id as it is."""
    if len(text) != 36 or not (text[8] == text[13] == text[18] == text[23] == "-"):
        return text
    digits = text.replace("-", "")
    if len(digits) != 32:
        return text
    try:
        raw = bytes.fromhex(digits)
    except ValueError:
        return text
    return raw if raw.hex() == digits else text


def full_id(compact: str | bytes) -> str:
    """Return the text of an id."""
    if isinstance(compact, str):
        return compact
    digits = compact.hex()
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


def _attributes(data: Any) -> tuple[str | None, ...] | None:
    found = (data.queue, data.channel, data.priority, data.topic, data.customer)
    return None if found == (None, None, None, None, None) else found


def _rest(members: dict[str, Any]) -> str | None:
    present = {name: value for name, value in members.items() if value is not None}
    return _json(present).decode() if present else None


def _created(data: e.CreatedData) -> tuple[int, Any, Any, Any]:
    code = _VIA[data.via] | _FLAG[data.bot] << 2
    extra = None if data.tags is None else _rest({"tags": data.tags})
    return code, None, _attributes(data), extra


def _message(data: e.MessageData) -> tuple[int, Any, Any, Any]:
    return _MESSAGE[data.author, data.public], data.agent, None, None


def _status(data: e.StatusData) -> tuple[int, Any, Any, Any]:
    return _STATUS[data.status, data.by], data.agent, None, None


def _assigned(data: e.AssignedData) -> tuple[int, Any, Any, Any]:
    agent, queue = data.agent, data.queue
    code = (agent is not msgspec.UNSET) | (queue is not msgspec.UNSET) << 1
    named = agent if isinstance(agent, str) else None
    attributes = (queue, None, None, None, None) if isinstance(queue, str) else None
    return code, named, attributes, None


def _updated(data: e.UpdatedData) -> tuple[int, Any, Any, Any]:
    extra = None if data.tags is None else _rest({"tags": data.tags})
    return _FLAG[data.first_contact_resolved], None, _attributes(data), extra


def _escalated(data: e.EscalatedData) -> tuple[int, Any, Any, Any]:
    return 0, None, None, _rest({"tier": data.tier, "to": data.to})


def _handoff(data: e.HandoffData) -> tuple[int, Any, Any, Any]:
    return int(data.to == "agent"), None, None, None


def _merged(data: e.MergedData) -> tuple[int, Any, Any, Any]:
    return 0, None, None, _rest({"into": data.into})


def _bare(data: e.NoData) -> tuple[int, Any, Any, Any]:
    return 0, None, None, None


_TICKET: Final[dict[int, Callable[[Any], tuple[int, Any, Any, Any]]]] = {
    CREATED: _created,
    MESSAGE: _message,
    STATUS: _status,
    ASSIGNED: _assigned,
    UPDATED: _updated,
    ESCALATED: _escalated,
    HANDOFF: _handoff,
    MERGED: _merged,
    SPAM: _bare,
    DELETED: _bare,
    RESTORED: _bare,
}
_KIND: Final = {t: i for i, t in enumerate(e.EVENTS)}


def store(event: Any) -> Stored:
    """Return an event as it is kept."""
    kind = _KIND[type(event)]
    convert = _TICKET.get(kind)
    code: int = 0
    name: str | None = event.subject
    attributes: tuple[str | None, ...] | None = None
    extra: str | None = None
    if convert is None:
        extra = canonical_data(event)
    else:
        code, name, attributes, extra = convert(event.data)
    return (
        event.time + 0,
        event.sequence or "",
        event.source,
        compact_id(event.id),
        kind,
        code,
        name,
        attributes,
        extra,
    )


def members(event: Stored) -> dict[str, Any]:
    """Return the known members of the data that were present."""
    kind, code, name, attributes, extra = event[4], event[5], event[6], event[7], event[8]
    found: dict[str, Any] = {} if extra is None else _from_json(extra)
    if kind > RESTORED:
        return found
    if attributes is not None:
        given = zip(SET_TOGETHER, attributes, strict=True)
        found.update((key, value) for key, value in given if value is not None)
    if name is not None:
        found["agent"] = name
    if kind == CREATED:
        _present(found, "via", VIA[code & 3])
        _present(found, "bot", FLAG[code >> 2])
    elif kind == MESSAGE:
        found["author"] = AUTHOR[code & 3]
        _present(found, "public", FLAG[code >> 2])
    elif kind == STATUS:
        found["status"] = STATUSES[code & 7]
        _present(found, "by", BY[code >> 3])
    elif kind == ASSIGNED:
        if code & 1:
            found["agent"] = name
        if code & 2:
            found.setdefault("queue", None)
    elif kind == UPDATED:
        _present(found, "first_contact_resolved", FLAG[code])
    elif kind == HANDOFF:
        found["to"] = "agent" if code else "bot"
    return found


def _present(found: dict[str, Any], name: str, value: Any) -> None:
    if value is not None:
        found[name] = value


def precedence(event: Stored, key: str) -> tuple[int, str, str, str, str]:
    """Return what two contents of one identity are compared by; the smaller wins. (Ruling 3.)"""
    kind = event[4]
    subject = str(key if kind <= RESTORED else event[6])
    extra = event[8]
    canonical = str(extra) if kind > RESTORED else _json(members(event)).decode()
    return event[0], TYPES[kind], subject, event[1], canonical


def order(event: Stored) -> tuple[int, str, str, str]:
    """Return what events are ordered by when ids of both forms meet."""
    return event[0], event[1], event[2], full_id(event[3])


_DATA: Final = {
    kind: msgspec.json.Decoder(
        event.__annotations__["data"], dec_hook=read_scalar, float_hook=Decimal
    ).decode
    for kind, event in enumerate(e.EVENTS)
    if kind > RESTORED
}


def data_of(event: Stored) -> Any:
    """Return the data of an event that is not a ticket's."""
    return _DATA[event[4]](event[8] or "")


def in_order(events: list[Stored]) -> None:
    """Sort events by time, sequence, source, id, in place."""
    try:
        events.sort()
    except TypeError:
        events.sort(key=order)


def is_newer(event: Stored, than: Stored) -> bool:
    """Return whether `event` comes after `than`."""
    if event[0] != than[0]:
        return event[0] > than[0]
    return order(event) > order(than)


def load(body: bytes) -> list[Stored]:
    """Return the events of a body in order. Raises StateError."""
    if body[:1] != VERSION:
        raise StateError(
            f"entity of state version {body[0] if body else 'none'}, "
            f"this program reads {VERSION[0]}",
        )
    try:
        events = _decode(memoryview(body)[1:])
    except msgspec.MsgspecError as error:
        raise StateError(f"damaged entity: {error}") from error
    for i in range(1, len(events)):
        if not is_newer(events[i], events[i - 1]):
            in_order(events)
            break
    return events


EMPTY: Final = VERSION + b"\xdd\x00\x00\x00\x00"


def dump(events: list[Stored]) -> bytes:
    """Return the body of these events."""
    return _header(len(events)) + b"".join([encode(event) for event in events])


def extend(body: bytes, count: int, chunks: list[bytes]) -> bytes:
    """Return a body with further encoded events at the end; `count` is that of all events."""
    return _header(count) + body[HEADER:] + b"".join(chunks)


def _header(count: int) -> bytes:
    return VERSION + b"\xdd" + count.to_bytes(4, "big")
