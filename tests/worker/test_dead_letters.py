"""A letter says why, and gives back what came as a line to mend and send again."""

import pytest

from schemas.decode import decode, decode_record
from schemas.events import Event
from schemas.rejected import Rejected
from streams.worker.dead_letters import Letter, dead_letter, line
from tests.worker.doubles import NOW, Record, event

BINARY = [
    ("ce_specversion", b"1.0"),
    ("ce_id", b"b1"),
    ("ce_source", b"/test"),
    ("ce_type", b"helpdesk.ticket.message"),
    ("ce_time", b"2026-11-18T08:00:00Z"),
    ("ce_subject", b"T1"),
    ("content-type", b"application/json"),
]


def letter(record: Record) -> Letter:
    """Return the letter of a refused record, read back."""
    rejected = decode_record(record.key, record.value, record.headers)
    assert isinstance(rejected, Rejected)
    row = dead_letter(rejected, record)
    return Letter.of(Record(0, row.value, row.key, headers=row.headers))


def test_a_letter_says_why_and_where() -> None:
    found = letter(Record(9120, event(0, type_="ticket.message", author="robot"), partition=3))
    assert found.reason == "invalid_data"
    assert found.place == "helpdesk.tickets[3]@9120"
    assert found.message.startswith("data.author is ")


def test_a_mended_line_is_an_event() -> None:
    found = letter(Record(0, event(0, type_="ticket.message", author="robot")))
    assert isinstance(decode(found.event), Rejected)
    assert isinstance(decode(found.event.replace(b"robot", b"agent")), Event)


def test_an_event_in_headers_becomes_a_line_too() -> None:
    record = Record(0, b'{"author": "robot",\n "score": 1.50}', headers=BINARY)
    mended = decode(letter(record).event.replace(b"robot", b"agent"))
    assert isinstance(mended, Event)
    assert (mended.id, mended.subject, mended.time < NOW) == ("b1", "T1", True)
    assert b'"score": 1.50' in letter(record).event


@pytest.mark.parametrize("headers", [[], BINARY])
@pytest.mark.parametrize("value", [None, b"", b"\xff\n\xfe", b"[" * 100_000, b'{"a":\r\n1}'])
def test_whatever_came_is_one_line(value: bytes | None, headers: list[tuple[str, bytes]]) -> None:
    assert b"\n" not in line(Record(0, value, headers=headers))


def test_a_record_that_somebody_else_wrote_there_is_shown_too() -> None:
    assert Letter.of(Record(0, b"{}")) == Letter("", "", "[]@", b"{}")
