"""Bytes and records -> events."""

import json
from collections.abc import Sequence
from typing import Any

import pytest

from schemas.decode import admit, decode, decode_record
from schemas.events import EVENTS, Event
from schemas.policy import Policy
from schemas.registry import type_of
from schemas.rejected import Rejected
from schemas.scalars import DAY, MINUTE, Amount, instant, minor_units, rfc3339
from tests.schemas.examples import EVERY, GOOD, content, value

NOON = 1_780_315_200_000


def read(raw: bytes) -> Event:
    event = decode(raw)
    assert isinstance(event, Event), event
    return event


def reason(raw: bytes) -> str:
    rejected = decode(raw)
    assert isinstance(rejected, Rejected), rejected
    return rejected.reason


def test_there_is_an_example_of_every_type() -> None:
    assert set(GOOD) == {type_of(event) for event in EVENTS}


@pytest.mark.parametrize("example", EVERY, ids=lambda e: e["type"])
def test_a_good_event_is_read(example: dict[str, Any]) -> None:
    event = read(json.dumps(example).encode())
    assert type_of(event) == example["type"]
    assert (event.id, event.source, event.subject) == ("e-1", "/helpdesk", "T-1")
    assert event.time == instant("2026-06-01T10:00:00Z")


@pytest.mark.parametrize(
    "example",
    [e for e in EVERY if e["type"] != "helpdesk.ticket.assigned"],
    ids=lambda e: e["type"],
)
def test_null_in_an_optional_member_is_absence(example: dict[str, Any]) -> None:
    event = read(json.dumps(example).encode())
    absent = {name: None for name in event.data.__struct_fields__ if name != "from_"}
    nulls = example | {"data": absent | example["data"], "sequence": None}
    assert decode(json.dumps(nulls).encode()) == event


def test_null_takes_an_assignment_away() -> None:
    kinds: list[dict[str, Any]] = [{}, {"agent": None}, {"agent": "ann"}]
    assert len({read(value("helpdesk.ticket.assigned", data)) for data in kinds}) == 3


def test_unknown_members_are_ignored() -> None:
    known = read(value())
    assert decode(value(data={"mood": {"deep": [1.5e300, None]}}, traceparent="00-1")) == known


def test_of_a_member_given_twice_the_last_counts() -> None:
    twice = value().replace(b'"id":', b'"id": 5, "id":').replace(b'"data":', b'"data": 1, "data":')
    assert decode(twice) == read(value())
    other = value().replace(b'"type":', b'"type": "helpdesk.ticket.deleted", "type":')
    assert decode(other) == read(value())


def test_text_beyond_ascii_is_kept() -> None:
    assert read(value(subject="Ü-1\u2028\x00😀")).subject == "Ü-1\u2028\x00😀"


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2026-06-01T12:00:00Z", "2026-06-01T12:00:00Z"),
        ("2026-06-01t12:00:00z", "2026-06-01T12:00:00Z"),
        ("2026-06-01T14:00:00+02:00", "2026-06-01T12:00:00Z"),
        ("2026-06-01T06:30:00-05:30", "2026-06-01T12:00:00Z"),
        ("2026-06-01T12:00:00-00:00", "2026-06-01T12:00:00Z"),
        ("2026-06-01T12:00:00.5Z", "2026-06-01T12:00:00.500Z"),
        ("2026-06-01T12:00:00.123Z", "2026-06-01T12:00:00.123Z"),
        ("2026-06-01T12:00:00.1239999999999Z", "2026-06-01T12:00:00.123Z"),
        ("2026-06-01T12:00:00.9999999+00:00", "2026-06-01T12:00:00.999Z"),
        ("1969-12-31T23:59:59.9999Z", "1969-12-31T23:59:59.999Z"),
        ("2024-02-29T00:00:00Z", "2024-02-29T00:00:00Z"),
        ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z"),
        ("9999-12-31T23:59:59.999Z", "9999-12-31T23:59:59.999Z"),
    ],
)
def test_times_are_floored_to_the_millisecond(text: str, utc: str) -> None:
    assert rfc3339(read(value(time=text)).time) == utc
    # Again: the day is in the table now.
    assert rfc3339(read(value(time=text)).time) == utc


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026-06-01",
        "2026-06-01T12:00:00",
        "2026-06-01 12:00:00Z",
        "2026-06-01T12:00Z",
        "2026-06-01T12:00:00.Z",
        "2026-06-01T12:00:00,5Z",
        "2026-06-01T12:00:00 Z",
        "2026-06-01T12:00:00Z ",
        "2026-06-01T12:00:00Z\n",
        "2026-06-01T12:00:60Z",
        "2026-06-01T12:60:00Z",
        "2026-06-01T24:00:00Z",
        "2026-06-01T12:00:00+2:00",
        "2026-06-01T12:00:00+0200",
        "2026-06-01T12:00:00+24:00",
        "2026-06-01T12:00:00+02:60",
        "2026-13-01T12:00:00Z",
        "2026-02-29T12:00:00Z",
        "2026-6-1T12:00:00Z",
        "0000-12-31T23:59:59Z",
        "0001-01-01T00:00:00+00:01",
        "9999-12-31T23:59:59-00:01",
        "10000-01-01T00:00:00Z",
        "+2026-06-01T12:00:00Z",
        "20260601T120000Z",
        "1780315200",
        "now",
    ],
)
def test_other_times_are_refused(text: str) -> None:
    assert reason(value(time=text)) == "invalid_envelope"


# Exponents beyond what a decimal holds.
FAR = "1e99999999999999999999"
NEAR = "1e-99999999999999999999"


def score(text: str, **more: Any) -> bytes:
    raw = value("helpdesk.survey.answered", {"kind": "nps", "score": "SCORE", **more})
    return raw.replace(b'"SCORE"', text.encode())


@pytest.mark.parametrize(
    ("text", "thousandths"),
    [
        ("7", 7000),
        ("7.0", 7000),
        ("7e0", 7000),
        ("0.0019", 1),
        ("-0", 0),
        ("-0.0", 0),
        ("10.0009", 10_000),
        ("0.99999999999999999999999999999999999999999", 999),
        ("1e-400", 0),
        (NEAR, 0),
        ("0" + FAR[1:], 0),
    ],
)
def test_scores_are_floored_to_thousandths(text: str, thousandths: int) -> None:
    event: Any = read(score(text))
    assert event.data.score == thousandths


@pytest.mark.parametrize(
    "text",
    ["-0.0001", "10.001", "11", "1e400", "-1e999999999", "9" * 4000, FAR, "-" + FAR, "-" + NEAR],
)
def test_a_score_outside_its_scale_is_named_so(text: str) -> None:
    assert reason(score(text)) == "out_of_scale"


def test_a_fault_of_another_member_is_named_before_the_scale() -> None:
    assert reason(score("11", channel=7)) == "invalid_data"
    assert reason(score("11", scale=[3, 1])) == "invalid_data"


@pytest.mark.parametrize(
    ("written", "currency", "minor"),
    [
        ("12.50", "EUR", 1250),
        (12.5, "EUR", 1250),
        ("0.005", "EUR", 1),
        ("0.00499999999999999999999999999999", "EUR", 0),
        (0, "EUR", 0),
        ("1.5", "JPY", 2),
        ("1.0005", "KWD", 1001),
        ("1.00005", "UYW", 10_001),
        ("999999999999.99", "EUR", 99_999_999_999_999),
    ],
)
def test_amounts_are_rounded_half_up_to_the_minor_unit(
    written: object, currency: str, minor: int
) -> None:
    data = {"customer": "c", "amount": written, "currency": currency}
    event: Any = read(value("helpdesk.order.placed", data))
    assert isinstance(event.data.amount, Amount)
    assert minor_units(event.data.amount, currency) == minor


def test_a_large_payload_is_read_or_refused() -> None:
    million = "x" * 1_000_000
    assert decode(value(data={"note": million})) == read(value())
    assert reason(value(subject=million)) == "invalid_envelope"
    assert reason(value(time=million)) == "invalid_envelope"
    assert reason(score("1" * 1_000_000)) == "invalid_json"
    assert reason(b"[" * 1_000_000) == "invalid_json"
    rejected = decode(value("helpdesk.ticket.message", {"author": million}))
    assert isinstance(rejected, Rejected)
    assert len(rejected.message) < 200


def test_reasons_come_in_order() -> None:
    bad = content("helpdesk.nothing", {"score": 9}, id="")
    assert reason(json.dumps(bad).encode()) == "invalid_envelope"
    assert reason(json.dumps(bad | {"id": "e"}).encode()) == "unknown_type"
    answered = bad | {"id": "e", "type": "helpdesk.survey.answered"}
    assert reason(json.dumps(answered).encode()) == "invalid_data"


Headers = Sequence[tuple[str, bytes]]
BINARY: Headers = [
    ("content-type", b"application/json"),
    ("ce_specversion", b"1.0"),
    ("ce_id", b"e-1"),
    ("ce_source", b"/helpdesk"),
    ("ce_type", b"helpdesk.survey.answered"),
    ("ce_time", b"2026-06-01T10:00:00Z"),
    ("ce_subject", "Ü-1".encode()),
    ("ce_sequence", b"007"),
    ("ce_traceparent", b"00-1"),
]
ANSWER = {"kind": "csat", "score": 4.5}


def record(key: bytes | None, raw: bytes | None, headers: Headers = ()) -> Event | str:
    event = decode_record(key, raw, headers)
    return event.reason if isinstance(event, Rejected) else event


@pytest.mark.parametrize("content_type", ["application/json", "application/json; charset=utf-8"])
def test_both_bindings_mean_the_same(content_type: str) -> None:
    structured = value("helpdesk.survey.answered", ANSWER, subject="Ü-1", sequence="007")
    event = read(structured)
    key = "Ü-1".encode()
    headers = [("content-type", content_type.encode()), *BINARY[1:]]
    assert record(key, json.dumps(ANSWER).encode(), headers) == event
    assert record(key, structured) == event
    assert record(key, structured, [("traceparent", b"00-1")]) == event
    cloud = [("Content-Type", b"application/cloudevents+json; charset=UTF-8"), ("ce_id", b"x")]
    assert record(key, structured, cloud) == event


@pytest.mark.parametrize(
    ("headers", "raw", "expected"),
    [
        (BINARY, b"", "invalid_json"),
        (BINARY, b'{}, "id": "other"', "invalid_json"),
        (BINARY, b"null", "invalid_envelope"),
        (BINARY, b"[]", "invalid_data"),
        (BINARY[:2], b"{}", "invalid_envelope"),
        ([*BINARY, ("ce_subject", b"\xff")], b"{}", "invalid_envelope"),
        ([*BINARY, ("ce_type", b"helpdesk.nothing")], b"{}", "unknown_type"),
        ([*BINARY, ("ce_time", b"")], b"{}", "invalid_envelope"),
        (BINARY, b'{"kind": "csat", "score": 6}', "out_of_scale"),
    ],
)
def test_a_bad_binary_record_is_refused(headers: Headers, raw: bytes, expected: str) -> None:
    assert record("Ü-1".encode(), raw, headers) == expected


def test_a_record_without_a_value_is_refused() -> None:
    assert record(b"T-1", None) == record(b"T-1", b"") == "invalid_json"


def test_the_key_is_the_key_of_the_entity() -> None:
    assert isinstance(record(b"T-1", value()), Event)
    assert record(None, value()) == record(b"T-2", value()) == record(b"", value()) == "wrong_key"
    survey = value("helpdesk.survey.answered", {**ANSWER, "ticket": "T-9"}, subject="S-1")
    assert isinstance(record(b"T-9", survey), Event)
    rejected = decode_record(b"S-1", survey, ())
    assert isinstance(rejected, Rejected)
    assert rejected.message == "the key is another; expected that of the event: data.ticket"
    missing = decode_record(None, survey, ())
    assert isinstance(missing, Rejected)
    assert missing.message == "the key is missing; expected that of the event: data.ticket"


def test_a_message_holds_no_personal_data() -> None:
    person = "ann@example.org"
    for raw in (
        value("helpdesk.ticket.message", {"author": person}),
        value("helpdesk.ticket.created", {"customer": {person: person}}),
        value("helpdesk.ticket.created", {"tags": [person, 1]}),
        value("helpdesk.order.placed", {"customer": "c", "amount": person, "currency": "EUR"}),
        value(time=person),
        value(specversion=person),
        value(person),
        value(subject={person: 1}),
        value() + person.encode(),
    ):
        rejected = decode(raw)
        assert isinstance(rejected, Rejected)
        assert "ann" not in rejected.message
    phone = decode(value("helpdesk.ticket.created", {"customer": 48123456789}))
    assert isinstance(phone, Rejected)
    assert "48123456789" not in phone.message


def test_live_workers_refuse_events_out_of_time() -> None:
    policy = Policy()

    def admitted(time: int) -> str | None:
        rejected = admit(read(value(time=rfc3339(time))), now=NOON, policy=policy)
        return None if rejected is None else f"{rejected.reason}: {rejected.message}"

    assert admitted(NOON + 5 * MINUTE) is None
    assert admitted(NOON - 400 * DAY) is None
    assert admitted(NOON + 5 * MINUTE + 1) == (
        "too_far_ahead: time is 2026-06-01T12:05:00.001Z; "
        "expected at most 5m after now (2026-06-01T12:00:00Z)"
    )
    assert admitted(NOON - 400 * DAY - 1) == (
        "too_old: time is 2025-04-27T11:59:59.999Z; "
        "expected at most 400d before now (2026-06-01T12:00:00Z)"
    )
