"""Whatever comes, reading it ends with an event or with a reason."""

import json
from typing import Any, get_args

from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from schemas.decode import decode, decode_record, judge, untyped
from schemas.documents import events_schema
from schemas.events import Event
from schemas.registry import canonical_data, kafka_key, precedence
from schemas.rejected import Reason, Rejected
from tests.schemas.examples import EVERY, GOOD

SCHEMA = Draft202012Validator(events_schema())

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=10,
)
# Values that are nearly right.
NEAR: st.SearchStrategy[Any] = st.sampled_from(
    (None, True, 0, -1, 1, 5, 1.5, 1e300, 10**30, -0.0004, "", "x", "1.5", "1,5", "EUR", "agent",
     "csat", "open", [1, 5], [5, 1], [0, 2000], ["a"], {}, "2026-06-01", "2026-06-01T10:00:00Z",
     "2026-06-01T10:00:00", "helpdesk.ticket.spam", "\udc00", "\x00")
)  # fmt: skip
NAMES = sorted({name for every in GOOD.values() for data in every for name in data})


def check(outcome: Event | Rejected) -> None:
    if isinstance(outcome, Rejected):
        assert outcome.reason in get_args(Reason)
        assert outcome.expected in outcome.message
        assert len(outcome.message) < 300
    else:
        assert canonical_data(outcome)
        assert precedence(outcome) == precedence(outcome)
        assert kafka_key(outcome)


@given(st.binary())
def test_any_bytes(raw: bytes) -> None:
    check(decode(raw))


@given(JSON, st.binary(max_size=8))
def test_any_json(content: Any, key: bytes) -> None:
    raw = json.dumps(content).encode()
    check(decode(raw))
    check(decode_record(key, raw, [("ce_type", key)]))


@given(st.sampled_from(EVERY), st.data())
def test_a_cut_or_changed_byte(example: dict[str, Any], data: st.DataObject) -> None:
    raw = json.dumps(example).encode()
    at = data.draw(st.integers(0, len(raw) - 1))
    check(decode(raw[:at]))
    check(decode(raw[:at] + data.draw(st.binary(max_size=2)) + raw[at + 1 :]))


@st.composite
def changed(draw: st.DrawFn) -> dict[str, Any]:
    """Return a good event with up to two members replaced or taken away."""
    event = dict(draw(st.sampled_from(EVERY)))
    event["data"] = dict(event["data"])
    for _ in range(draw(st.integers(0, 2))):
        part = draw(st.sampled_from((event, event["data"], event["data"])))
        known = sorted(part) or ["x"]
        name = draw(st.sampled_from(known) | st.sampled_from(NAMES))
        if part is event and name == "data":
            continue
        if draw(st.booleans()):
            part[name] = draw(NEAR)
        else:
            part.pop(name, None)
    return event


@given(changed())
def test_a_changed_event_is_read_or_refused_alike(content: dict[str, Any]) -> None:
    """The pass that names faults takes exactly what the quick pass takes."""
    raw = json.dumps(content).encode()
    outcome = decode(raw)
    check(outcome)
    again = untyped(raw)
    assert (again if isinstance(again, Rejected) else judge(again)) == outcome


@given(changed())
def test_the_schema_accepts_what_is_read(content: dict[str, Any]) -> None:
    if isinstance(decode(json.dumps(content).encode()), Event):
        SCHEMA.validate(content)


@given(changed())
def test_both_bindings_agree(content: dict[str, Any]) -> None:
    data = content["data"]
    texts = {name: value for name, value in content.items() if name != "data"}
    if not all(isinstance(value, str) and value.isprintable() for value in texts.values()):
        return
    headers = [(f"ce_{name}", value.encode()) for name, value in texts.items()]
    structured = decode(json.dumps(content).encode())
    key = kafka_key(structured) if isinstance(structured, Event) else b""
    binary = decode_record(key, json.dumps(data).encode(), headers)
    if isinstance(structured, Event):
        assert binary == structured
    else:
        assert isinstance(binary, Rejected)
        assert binary.reason == structured.reason
