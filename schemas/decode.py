"""A record of Kafka or a line of a file -> `Event` or `Rejected`.

Two readers that agree: one typed pass for what is valid, and a second, untyped one that names
what is wrong. Of a member that is given twice the last one counts. (Contract 1; 7, rulings 4-6.)
"""

import functools
import operator
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any, Final, Literal

import msgspec

from schemas.duration import written
from schemas.events import EVENTS, Data, Event, Name, Position
from schemas.expectation import NOTHING, Expectation, expectation, of_form, told
from schemas.policy import Policy
from schemas.registry import CLASSES, DATA_OF, kafka_key, key_member
from schemas.rejected import Reason, Rejected
from schemas.scalars import Milliseconds, OutOfScale, read_scalar, rfc3339


def exact(text: str) -> Decimal:
    """Return a number with a point or an exponent as it is written.

    An exponent beyond what decimals hold is made smaller; every check sees the same.
    """
    try:
        return Decimal(text)
    except InvalidOperation:
        digits, _, exponent = text.lower().partition("e")
        return Decimal(f"{digits}e{'-' if exponent.startswith('-') else ''}{FAR}")


FAR: Final = 10**12
ANY_EVENT: Final = functools.reduce(operator.or_, EVENTS)
TYPED: Final = msgspec.json.Decoder(ANY_EVENT, dec_hook=read_scalar, float_hook=exact)
UNTYPED: Final = msgspec.json.Decoder(float_hook=exact)


class Member(msgspec.Struct, frozen=True):
    """What a member must be."""

    name: str
    kind: Any
    required: bool
    expectation: Expectation


def members_of(data: type[Data]) -> tuple[Member, ...]:
    """Return the members that a class of data knows."""
    return tuple(
        Member(f.encode_name, f.type, f.required, expectation(f.type))
        for f in msgspec.structs.fields(data)
    )


ENVELOPE: Final = tuple(
    Member(name, kind, required, expectation(kind))
    for name, kind, required in (
        ("specversion", Literal["1.0"], True),
        ("id", Name, True),
        ("source", Name, True),
        ("type", Name, True),
        ("time", Milliseconds, True),
        ("subject", Name, True),
        ("sequence", Position | None, False),
    )
)
MEMBERS: Final = {data: members_of(data) for data in DATA_OF.values()}
AN_OBJECT: Final = Expectation("an object", NOTHING)
UNPREFIXED: Final = tuple(re.escape(name.partition(".")[2]) for name in CLASSES)
A_TYPE: Final = Expectation(
    "a type of the contract, such as helpdesk.ticket.created",
    # Names of kinds of events, in the form of ours; also ours without their beginning.
    of_form("|".join((r"helpdesk\.[a-z]{1,20}\.[a-z_]{1,20}", *UNPREFIXED))),
)


def decode(value: bytes) -> Event | Rejected:
    """Return the event in a structured JSON value, or why there is none. Never raises."""
    try:
        if not value.isascii():
            value.decode()
        event: Event = TYPED.decode(value)
    except (ValueError, RecursionError):
        return read_again(value)
    return event


def read_again(value: bytes) -> Event | Rejected:
    """Return what `decode` does, slowly, for a value that the first pass refused."""
    content = untyped(value)
    return content if isinstance(content, Rejected) else judge(content)


def untyped(value: bytes) -> object:
    """Return JSON as Python's own types, or why it is none."""
    try:
        value.decode()
        return UNTYPED.decode(value)
    except UnicodeDecodeError as error:
        found = f"no UTF-8 (byte {error.start})"
    except msgspec.ValidationError:
        found = "a number of thousands of digits"
    except msgspec.DecodeError as error:
        problem = str(error).removeprefix("JSON is malformed: ")
        found = f"no JSON ({problem})" if value else "empty"
    except RecursionError:
        found = "nested too deeply"
    return Rejected("invalid_json", "", found, "JSON in UTF-8")


def judge(content: object) -> Event | Rejected:
    """Return the event that an untyped value is, or the first reason why it is none."""
    if not isinstance(content, dict):
        return fault("invalid_envelope", "", content, AN_OBJECT)
    for member in ENVELOPE:
        if not fits(member, content):
            return fault_of("invalid_envelope", "", member, content)
    data = content.get("data")
    if data is None:
        found = "null" if "data" in content else None
        return Rejected("invalid_envelope", "data", found, AN_OBJECT.text)
    if content["type"] not in CLASSES:
        return fault("unknown_type", "type", content["type"], A_TYPE)
    event = CLASSES[content["type"]]
    if not isinstance(data, dict):
        return fault("invalid_data", "data", data, AN_OBJECT)
    for member in MEMBERS[DATA_OF[event]]:
        if not fits(member, data):
            return fault_of("invalid_data", "data.", member, data)
    return together(event, content)


def together(event: type[Event], content: Mapping[str, Any]) -> Event | Rejected:
    """Return the event of members that fit one by one, if they also fit each other."""
    try:
        return msgspec.convert(content, event, dec_hook=read_scalar)
    except msgspec.ValidationError as error:
        cause = error.__cause__
        if cause is None:
            raise
        name, expected = cause.args
        reason: Reason = "out_of_scale" if isinstance(cause, OutOfScale) else "invalid_data"
        value = content["data"].get(name)
        (form,) = (m.expectation.told for m in MEMBERS[DATA_OF[event]] if m.name == name)
        return fault(reason, f"data.{name}", value, Expectation(expected, form))


def fits(member: Member, content: Mapping[str, Any]) -> bool:
    """Tell whether a member is what it must be."""
    value = content.get(member.name)
    if value is None:
        return not member.required
    try:
        msgspec.convert(value, member.kind, dec_hook=read_scalar)
    except msgspec.ValidationError:
        return False
    return True


def fault_of(reason: Reason, path: str, member: Member, content: Mapping[str, Any]) -> Rejected:
    """Return the refusal of a member that does not fit."""
    if member.name not in content:
        return Rejected(reason, path + member.name, None, member.expectation.text)
    return fault(reason, path + member.name, content[member.name], member.expectation)


def fault(reason: Reason, path: str, value: object, expected: Expectation) -> Rejected:
    """Return the refusal of a value, told as far as it may be."""
    return Rejected(reason, path, told(value, expected.told), expected.text)


def decode_record(
    key: bytes | None, value: bytes | None, headers: Sequence[tuple[str, bytes]]
) -> Event | Rejected:
    """Return the event of a Kafka record in either CloudEvents binding, or why there is none.

    The record must have the key of the event's entity.
    """
    event = decode_bound(value, headers)
    if isinstance(event, Rejected) or key == kafka_key(event):
        return event
    found = None if key is None else "another"
    return Rejected("wrong_key", "the key", found, f"that of the event: {key_member(event)}")


def decode_bound(value: bytes | None, headers: Sequence[tuple[str, bytes]]) -> Event | Rejected:
    """Return the event of a record whatever its key, or why there is none.

    Structured: the value is the whole event. Binary: the attributes are `ce_` headers and the
    value is the data.
    """
    attributes = binary_attributes(headers)
    if not value:
        return Rejected("invalid_json", "", "empty", "JSON in UTF-8")
    return decode(value) if attributes is None else decode_binary(attributes, value)


def binary_attributes(headers: Sequence[tuple[str, bytes]]) -> dict[str, bytes] | None:
    """Return the event's attributes in the binary binding, None in the structured one."""
    if not headers:
        return None
    named = {name.lower(): value for name, value in headers}
    if (named.get("content-type") or b"").lower().startswith(b"application/cloudevents"):
        return None
    attributes = {
        name.removeprefix("ce_"): value for name, value in named.items() if name.startswith("ce_")
    }
    return attributes or None


def decode_binary(attributes: Mapping[str, bytes], data: bytes) -> Event | Rejected:
    """Return the event of attributes in headers and JSON data, or why there is none."""
    content = untyped(data)
    if isinstance(content, Rejected):
        return content
    event: dict[str, object] = {}
    for member in ENVELOPE:
        value = attributes.get(member.name)
        if value is not None:
            try:
                event[member.name] = value.decode()
            except UnicodeDecodeError:
                text = member.expectation.text
                return Rejected("invalid_envelope", member.name, "no UTF-8", text)
    return judge(event | {"data": content})


def admit(event: Event, *, now: int, policy: Policy) -> Rejected | None:
    """Return why a live worker refuses the event at `now` (milliseconds), None if it does not.

    Times exactly at the borders are taken. A replay admits everything. (Contract 7, ruling 1.)
    """
    if event.time > now + policy.max_skew:
        expected = f"at most {written(policy.max_skew)} after now ({rfc3339(now)})"
        return Rejected("too_far_ahead", "time", rfc3339(event.time), expected)
    if event.time < now - policy.horizon:
        expected = f"at most {written(policy.horizon)} before now ({rfc3339(now)})"
        return Rejected("too_old", "time", rfc3339(event.time), expected)
    return None
