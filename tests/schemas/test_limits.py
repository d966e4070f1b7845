"""How much an event may hold: up to a limit it is read, beyond it is refused."""

import json
from typing import Any, Final

import pytest

from schemas.decode import decode, decode_record
from schemas.events import Event
from schemas.registry import canonical_data
from schemas.rejected import Rejected
from schemas.scalars import DECIMALS_MAX, NAME_LENGTH_MAX, TAGS_MAX
from tests.schemas.examples import EVERY, content

# Strings of which the length is limited by what they may be: words, times, currencies.
CHOSEN: Final = {"specversion", "type", "time", "currency", "amount", "from"}
STRINGS: Final = [
    (example, part, name)
    for example in EVERY
    for part in ("envelope", "data")
    for name, value in (example if part == "envelope" else example["data"]).items()
    if isinstance(value, str) and name not in CHOSEN
]


def changed(example: dict[str, Any], part: str, name: str, text: str) -> bytes:
    """Return an event with another text in a member."""
    event = example | {"data": dict(example["data"])}
    (event if part == "envelope" else event["data"])[name] = text
    return json.dumps(event).encode()


@pytest.mark.parametrize(
    ("example", "part", "name"), STRINGS, ids=lambda value: value if isinstance(value, str) else ""
)
def test_a_string_beyond_the_limit_is_refused(
    example: dict[str, Any], part: str, name: str
) -> None:
    """Characters count, not bytes; whatever is read at all is read up to the limit."""
    longest = decode(changed(example, part, name, "ä" * NAME_LENGTH_MAX))
    longer = decode(changed(example, part, name, "ä" * (NAME_LENGTH_MAX + 1)))
    assert isinstance(longer, Rejected)
    reason = "invalid_envelope" if part == "envelope" else "invalid_data"
    assert longer.reason == reason
    if isinstance(longest, Rejected):
        assert "expected a non-empty string" not in longest.message


@pytest.mark.parametrize(("count", "taken"), [(TAGS_MAX, True), (TAGS_MAX + 1, False)])
def test_a_thousand_tags_are_read(count: int, taken: bool) -> None:
    raw = json.dumps(content("helpdesk.ticket.created", {"tags": ["t"] * count})).encode()
    assert isinstance(decode(raw), Event) is taken


def order(amount: str) -> Event | Rejected:
    """Return an order with an amount as it stands in JSON."""
    data = {"customer": "c-1", "amount": 0, "currency": "EUR"}
    text = json.dumps(content("helpdesk.order.placed", data))
    return decode(text.replace('"amount": 0', f'"amount": {amount}').encode())


@pytest.mark.parametrize(
    "amount",
    [
        "0." + "0" * (DECIMALS_MAX - 1) + "1",
        f"1e-{DECIMALS_MAX}",
        '"' + "0" * 5000 + '7.5"',
        "0.30000000000000004",
        "999999999999.99",
    ],
)
def test_an_amount_stays_small(amount: str) -> None:
    """It is kept as it was written, without idle zeros."""
    event = order(amount)
    assert isinstance(event, Event)
    assert len(canonical_data(event)) < 200


@pytest.mark.parametrize(
    "amount",
    [
        "0." + "0" * DECIMALS_MAX + "1",
        f'"0.{"0" * DECIMALS_MAX}1"',
        "1e-101",
        # As zeros, this would be a gigabyte.
        "1e-999999999",
        "0e-999999999",
        "1e-99999999999999999999",
        "1e999999999",
        "1" * 3000,
        '"' + "9" * 13 + '"',
    ],
)
def test_an_amount_that_would_not_is_refused(amount: str) -> None:
    event = order(amount)
    assert isinstance(event, Rejected)
    assert len(event.message) < 300


@pytest.mark.parametrize("number", ["1e-999999999", "1e999999999", "-1e999999999", "1" * 5000])
@pytest.mark.parametrize("member", ["wait_seconds", "talk_seconds"])
def test_huge_and_tiny_numbers_cost_nothing(number: str, member: str) -> None:
    data = {"customer": "c-1", "wait_seconds": 1, "talk_seconds": 1, member: "@"}
    raw = json.dumps(content("helpdesk.call.ended", data)).replace('"@"', number).encode()
    event = decode(raw)
    if isinstance(event, Event):
        assert len(canonical_data(event)) < 200
    else:
        assert len(event.message) < 300


def test_unknown_members_may_be_anything_that_fits_into_a_record() -> None:
    """They are ignored; nested without end they are refused."""
    data: dict[str, Any] = {"note": "x" * 900_000, "numbers": list(range(10_000))}
    raw = json.dumps(content("helpdesk.ticket.created", data)).encode()
    assert isinstance(decode(raw), Event)
    deep = raw.replace(b'"note"', b'"deep": ' + b"[" * 100_000 + b"]" * 100_000 + b', "note"')
    refused = decode(deep)
    assert isinstance(refused, Rejected)
    assert refused.reason == "invalid_json"


def test_a_flood_of_headers_is_read() -> None:
    """The last one of a name counts; those that nobody knows are ignored."""
    envelope = content("helpdesk.ticket.spam", {})
    known = [(f"ce_{k}", v.encode()) for k, v in envelope.items() if isinstance(v, str)]
    flood = [(f"ce_x{number}", b"y" * 50) for number in range(20_000)]
    event = decode_record(envelope["subject"].encode(), b"{}", [*flood, *known, *flood])
    assert isinstance(event, Event)
    again = decode_record(b"T", b"{}", [*known, *flood, ("ce_subject", b"T")])
    assert isinstance(again, Event)
    assert again.subject == "T"
