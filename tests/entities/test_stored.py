import json
from itertools import combinations, permutations
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from schemas.decode import decode
from schemas.events import EVENTS, Event
from schemas.registry import canonical_data, entity_of, precedence, type_of
from streams.entities import stored
from streams.entities.stored import StateError, Stored
from tests.histories import CUSTOMERS, history

uuids = st.uuids().map(str)
ids = st.one_of(
    uuids,
    uuids.map(str.upper),
    uuids.map(lambda text: text.replace("-", "_")),
    uuids.map(lambda text: text[:-1] + "g"),
    uuids.map(lambda text: text[:35] + "\u0661"),
    st.text(min_size=1, max_size=40),
    st.sampled_from(("a", "00000000-0000-0000-0000-000000000000", "-" * 36, "ffffffff")),
)

# Every member of every type, with values that exercise the encoding.
MEMBERS: dict[str, list[dict[str, object]]] = {
    "ticket.created": [
        {
            "customer": "ä",
            "channel": "c",
            "priority": "p",
            "queue": "q",
            "topic": "t",
            "tags": ["x", 'y"'],
            "via": via,
            "bot": bot,
        }
        for via in ("customer", "agent", "system", None)
        for bot in (True, False, None)
    ],
    "ticket.message": [
        {"author": author, "agent": "a", "public": public}
        for author in ("customer", "agent", "bot", "system")
        for public in (True, False, None)
    ],
    "ticket.status": [
        {"status": status, "by": by, "agent": None}
        for status in ("new", "open", "pending", "hold", "solved", "closed")
        for by in ("agent", "customer", "bot", "system", None)
    ],
    "ticket.assigned": [
        {"agent": "a", "queue": "q"},
        {"agent": None},
        {"queue": None},
        {"agent": None, "queue": None},
        {"agent": None, "queue": "q"},
        {"agent": "a", "queue": None},
    ],
    "ticket.updated": [{"first_contact_resolved": box, "tags": []} for box in (True, False, None)],
    "ticket.escalated": [{"tier": 2, "to": "b"}, {"tier": "two"}],
    "ticket.handoff": [{"to": "agent"}, {"to": "bot"}],
    "ticket.merged": [{"into": "t2"}],
    "call.ended": [
        {
            "customer": "c",
            "agent": "a",
            "queue": "q",
            "ticket": "t",
            "wait_seconds": 1.2345,
            "talk_seconds": 2,
            "hold_seconds": 0,
            "wrap_seconds": 1e1,
        }
    ],
    "call.abandoned": [
        {"customer": "c", "queue": "q", "wait_seconds": 0.001},
        {"wait_seconds": 0},
    ],
    "survey.sent": [
        {
            "kind": "csat",
            "ticket": "t",
            "customer": "c",
            "agent": "a",
            "channel": "x",
            "queue": "q",
        }
    ],
    "survey.answered": [
        {"kind": "nps", "score": 9.9999, "scale": [-3, 12]},
        {"kind": "fcr", "score": 1},
    ],
    "order.placed": [
        {"customer": "c", "amount": "10.00", "currency": "EUR"},
        {"customer": "c", "amount": 0.005, "currency": "JPY"},
    ],
    "order.refunded": [{"customer": "c", "order": "o", "amount": 3, "currency": "KWD"}],
    "cost.recorded": [{"amount": 1, "currency": "EUR", "from": "2026-01-01", "to": "2026-02-01"}],
    "review.scored": [
        {
            "kind": "qa",
            "score": 0.5,
            "max_score": 3,
            "passed": False,
            "agent": "a",
            "queue": "q",
            "topic": "t",
            "script_followed": True,
        }
    ],
    "complaint.logged": [{"ticket": "t", "customer": "c", "topic": "x", "channel": "y"}],
    "feedback.recorded": [{"kind": "interview", "sentiment": "neutral", "topic": "t"}],
    "mention.observed": [{"network": "n", "sentiment": "positive"}],
    "channel.availability": [{"channel": "c", "available": True}],
}


def event(kind: str, data: dict[str, object], **envelope: object) -> Event:
    content = {
        "specversion": "1.0",
        "id": "1",
        "source": "/s",
        "type": f"helpdesk.{kind}",
        "time": "2026-06-01T10:00:00Z",
        "subject": "x",
        "data": data,
        **envelope,
    }
    found = decode(json.dumps(content).encode())
    assert isinstance(found, Event), found
    return found


def examples() -> list[Event]:
    """Return events of every type, with every member and with none but the required."""
    bare = ("created", "assigned", "updated", "escalated", "spam", "deleted", "restored")
    return [
        *(event(kind, data) for kind, values in MEMBERS.items() for data in values),
        *(event(f"ticket.{kind}", {}) for kind in bare),
    ]


EXAMPLES = examples()


def test_there_is_an_example_of_every_type() -> None:
    assert {type(one) for one in EXAMPLES} == set(EVENTS)


@pytest.mark.parametrize("one", EXAMPLES, ids=lambda one: type_of(one)[9:])
def test_an_event_is_kept_whole(one: Event) -> None:
    """Envelope and known members come back from the bytes as they were understood."""
    kept = stored.store(one)
    (back,) = stored.load(stored.dump([kept]))
    assert back == kept
    assert (back[0], back[1], back[2]) == (one.time, one.sequence or "", one.source)
    assert stored.full_id(back[3]) == one.id
    assert stored.TYPES[back[4]] == type_of(one)
    assert stored.members(back) == json.loads(canonical_data(one))
    if back[4] > stored.RESTORED:
        assert back[6] == one.subject
        assert stored.data_of(back) == one.data


@pytest.mark.parametrize("seed", range(8))
def test_invented_events_are_kept_whole(seed: int) -> None:
    for one in history(Random(seed), 8):
        kept = stored.store(one)
        assert stored.members(kept) == json.loads(canonical_data(one))
        assert kept[4] <= stored.RESTORED or stored.data_of(kept) == one.data


def compared(one: Any, other: Any) -> int:
    return int(one > other) - int(one < other)


@pytest.mark.parametrize("one", EXAMPLES, ids=lambda one: type_of(one)[9:])
def test_precedence_is_that_of_the_registry(one: Event) -> None:
    """Between any two contents that may meet in an entity, also of different types."""
    kind, key = entity_of(one)
    for other in EXAMPLES:
        if entity_of(other) == (kind, key):
            mine, theirs = (stored.precedence(stored.store(e), key) for e in (one, other))
            assert compared(mine, theirs) == compared(precedence(one), precedence(other))


@pytest.mark.parametrize("seed", range(8))
def test_precedence_is_that_of_the_registry_on_invented_events(seed: int) -> None:
    by_entity: dict[tuple[str, str], list[Event]] = {}
    for one in history(Random(seed), 6):
        by_entity.setdefault(entity_of(one), []).append(one)
    for (_, key), found in by_entity.items():
        for one, other in combinations(found[:12], 2):
            kept = [stored.precedence(stored.store(e), key) for e in (one, other)]
            assert compared(*kept) == compared(precedence(one), precedence(other))


# Ids


@given(ids)
def test_an_id_keeps_its_text(text: str) -> None:
    assert stored.full_id(stored.compact_id(text)) == text


@given(uuids)
def test_a_canonical_uuid_takes_16_bytes(text: str) -> None:
    assert stored.compact_id(text) == bytes.fromhex(text.replace("-", ""))
    assert text.upper() == text or stored.compact_id(text.upper()) == text.upper()


@given(ids, ids)
def test_compact_ids_are_equal_as_their_texts_are(one: str, other: str) -> None:
    assert (stored.compact_id(one) == stored.compact_id(other)) == (one == other)


@given(uuids, uuids)
def test_compact_ids_sort_as_their_texts(one: str, other: str) -> None:
    first, second = stored.compact_id(one), stored.compact_id(other)
    assert isinstance(first, bytes)
    assert isinstance(second, bytes)
    assert compared(first, second) == compared(one, other)


# Order


def kept(identity: str, time: int = 0, sequence: str = "", source: str = "/s") -> Stored:
    return (time, sequence, source, stored.compact_id(identity), stored.SPAM, 0, None, None, None)


@st.composite
def entities(draw: st.DrawFn) -> list[Stored]:
    found = draw(
        st.lists(
            st.builds(
                kept,
                ids,
                st.integers(0, 2),
                st.sampled_from(("", "1", "10", "2")),
                st.sampled_from(("/a", "/b")),
            ),
            max_size=8,
        )
    )
    return list({(e[2], e[3]): e for e in found}.values())


@given(entities(), st.data())
def test_events_are_ordered_by_time_sequence_source_and_id(
    events: list[Stored], data: st.DataObject
) -> None:
    """Also where ids of both forms meet in a tie; whatever the order of arrival."""
    wanted = sorted(events, key=lambda e: (e[0], e[1], e[2], stored.full_id(e[3])))
    arrived = data.draw(st.permutations(events))
    body = stored.EMPTY
    for count, one in enumerate(arrived, 1):
        body = stored.extend(body, count, [stored.encode(one)])
    assert stored.load(body) == wanted
    assert stored.load(stored.dump(arrived)) == wanted
    for earlier, later in combinations(wanted, 2):
        assert stored.is_newer(later, earlier)
        assert not stored.is_newer(earlier, later)


def test_ids_of_both_forms_in_a_tie_have_one_order() -> None:
    first, last = (f"{digit * 8}-0000-0000-0000-000000000001" for digit in "0f")
    names = ["0", first, "1", last, "z"]
    for way in permutations(map(kept, names)):
        arrived = list(way)
        stored.in_order(arrived)
        assert [stored.full_id(e[3]) for e in arrived] == names


# Bytes


@given(entities(), st.integers(0, 8))
def test_a_body_grows_by_chunks_at_its_end(events: list[Stored], at: int) -> None:
    first, rest = events[:at], events[at:]
    body = stored.extend(stored.dump(first), len(events), [stored.encode(e) for e in rest])
    assert body == stored.dump(events)
    assert body.startswith(stored.VERSION)


def test_an_entity_may_hold_very_many_events() -> None:
    """A channel that goes up and down, or a customer whom all unknown callers share."""
    events = [kept(str(number), number) for number in range(70_000)]
    assert stored.load(stored.dump(events)) == events


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", "state version none, this program reads 1"),
        (stored.EMPTY.replace(stored.VERSION, b"\x02"), "state version 2, this program reads 1"),
        (b"\x01", "damaged"),
        (stored.EMPTY[:-1] + b"\x01", "damaged"),
        (stored.EMPTY[:-1] + b"\x01\x07", "damaged"),
        (stored.EMPTY + b"\x00", "damaged"),
    ],
)
def test_bytes_that_cannot_be_read_are_refused(body: bytes, message: str) -> None:
    with pytest.raises(StateError, match=message):
        stored.load(body)


@given(entities().filter(bool), st.data())
def test_a_cut_off_body_is_refused(events: list[Stored], data: st.DataObject) -> None:
    body = stored.dump(events)
    with pytest.raises(StateError):
        stored.load(body[: data.draw(st.integers(0, len(body) - 1))])


def test_replacing_the_subject_changes_no_ticket_but_every_other_precedence() -> None:
    """A ticket's subject is its key; any other event keeps its own."""
    call = event("call.abandoned", {"customer": CUSTOMERS[0], "wait_seconds": 1})
    moved = replace(call, subject="y")
    assert stored.precedence(stored.store(call), "c") < stored.precedence(stored.store(moved), "c")
