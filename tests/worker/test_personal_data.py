"""What events say of people is in no header of a dead letter that we write, and in no log."""

import asyncio
import copy
import io
import json
import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas import decode
from schemas.scalars import DAY, SECOND
from streams.worker import log as log_module
from streams.worker.batch import Batch
from streams.worker.log import set_up_logging
from tests.schemas.examples import EVERY
from tests.worker.doubles import NOW, TO, Record
from tests.worker.test_intake import SOURCE, Bench

# A name, addresses, a telephone number, a customer's number: each as a whole must not be told.
MARKERS: Final = (
    "Zoë Mustermann-Ångström",
    "zoe.mustermann@example.org",
    "mustermann",
    "ann.smith",
    "+48 600 123 456",
    "600123456",
    "C-0042-77",
    "my card is 4111 1111 1111 1111, call me",
)
OURS: Final = {"reason", "message", "topic", "partition", "offset"}
# They say what kind of thing this is, to nobody in particular.
FORMAL: Final = {"specversion", "type", "time"}
# Members with a list of words, or of a form; the marker comes into them when they are broken.
CHOSEN: Final = {
    "author",
    "status",
    "kind",
    "sentiment",
    "via",
    "by",
    "currency",
    "amount",
    "from",
}

Event = dict[str, Any]


@contextmanager
def logged() -> Iterator[io.StringIO]:
    """Set logging up as a worker does, with everything that there is to hear; then put it back."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    stream = io.StringIO()
    set_up_logging(stream)
    root.setLevel(logging.DEBUG)
    try:
        yield stream
    finally:
        root.handlers[:], root.level = handlers, level


def about(event: Event, marker: str) -> Event:
    """Return an event with the marker in every string that is not one of a few words."""
    marked = copy.deepcopy(event)
    for part in (marked, marked["data"]):
        for name, value in part.items():
            if isinstance(value, str) and not (part is marked and name in FORMAL):
                part[name] = marker
    marked["data"] |= {
        **{name: value for name, value in event["data"].items() if name in CHOSEN},
        **({"tags": [marker]} if "tags" in event["data"] else {}),
        "note": {marker: [marker]},
    }
    marked["time"] = datetime.fromtimestamp((NOW - 60 * SECOND) // SECOND, UTC).isoformat()
    return marked


@st.composite
def broken(draw: st.DrawFn) -> Record:
    """Return a record of an event that is about somebody, and broken in one of many ways."""
    marker = draw(st.sampled_from(MARKERS))
    content = about(draw(st.sampled_from(EVERY)), marker)
    part = draw(st.sampled_from((content, content["data"])))
    name = draw(st.sampled_from(sorted(part)))
    match draw(st.integers(0, 6)):
        case 0:
            wrong = st.sampled_from(
                (None, marker, [marker], {"a": marker}, 600123456, -1, True, "", marker * 300)
            )
            part[name] = draw(wrong)
        case 1:
            del part[name]
        case 2:
            days = draw(st.sampled_from((-3000 * DAY, 3 * DAY)))
            time = datetime.fromtimestamp((NOW + days) // SECOND, UTC)
            content["time"] = time.isoformat()
        case 3:
            content["type"] = marker
        case 4:
            part |= dict.fromkeys(part.keys() - {"data", *FORMAL}, marker)
    return record(draw, content, marker)


def record(draw: st.DrawFn, content: Event, marker: str) -> Record:
    """Return an event in either binding under some key, perhaps with a byte that is wrong."""
    headers: Sequence[tuple[str, bytes]] = [("sent-by", marker.encode())]
    value: object = content
    data = content.get("data")
    envelope = {k: v for k, v in content.items() if k != "data" and isinstance(v, str)}
    if draw(st.booleans()):
        headers = [*headers, *((f"ce_{k}", v.encode()) for k, v in envelope.items())]
        value = data
    raw = json.dumps(value, ensure_ascii=draw(st.booleans())).encode()
    place = draw(st.integers(0, len(raw)))
    raw = draw(st.sampled_from((raw, raw, raw, raw[:place], raw[:place] + b"\xff" + raw[place:])))
    key = draw(st.sampled_from((marker, content.get("subject"), None, "another")))
    return Record(0, raw, key.encode() if isinstance(key, str) else None, headers=headers)


async def take(found: Sequence[Record]) -> list[dict[str, str]]:
    """Hand records to an intake; return our headers of what it refused."""
    bench = Bench()
    shard = await bench.shard()
    for offset, each in enumerate(found):
        each.offset = offset
    await bench.intake.take(SOURCE, Batch(0, len(found), found))
    await bench.world.ownership.checkpoint()
    assert bench.world.failures == []
    assert shard.expected[SOURCE] == len(found)
    letters = bench.world.log.read(TO.dead_letters, 0)
    return [
        {name: value.decode() for name, value in letter.headers[-len(OURS) :]}
        for letter in letters
    ]


def check(found: Sequence[Record]) -> None:
    """Fail if a marker is told."""
    with logged() as stream:
        letters = asyncio.run(take(found))
    assert all(letter.keys() == OURS for letter in letters)
    everything = (json.dumps(letters, ensure_ascii=False) + stream.getvalue()).casefold()
    told = [marker for marker in MARKERS if marker.casefold() in everything]
    assert not told, everything


@settings(deadline=None)
@given(st.lists(broken(), min_size=1, max_size=8))
def test_nobody_is_named_whatever_is_wrong_with_an_event(found: list[Record]) -> None:
    check(found)


def letter(name: str, value: object) -> Record:
    """Return a message with one member that is wrong."""
    content = {**next(each for each in EVERY if each["type"].endswith("message"))}
    content["data"] = {"author": "agent", name: value}
    return Record(0, json.dumps(content).encode())


def test_without_the_guard_somebody_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    check([letter("author", "ann.smith")])
    monkeypatch.setattr(decode, "told", lambda value, _: str(value))
    with pytest.raises(AssertionError, match=r"ann\.smith"):
        check([letter("author", "ann.smith")])


def find(customer: str) -> None:
    """Fail to find a customer."""
    known: dict[str, int] = {}
    try:
        known[customer]
    except KeyError as error:
        raise ValueError(f"no such customer: {customer}") from error


def crash(marker: str) -> None:
    """Log what is unexpected in every way in which that happens."""
    try:
        find(marker)
    except ValueError as error:
        ours, theirs = (logging.getLogger(name) for name in ("streams.worker.app", "mode"))
        ours.critical("The worker ends", exc_info=error)
        ours.exception("The KPIs cannot be computed")
        theirs.critical("never retrieved: %r", error, exc_info=error)
        theirs.exception("Crashed reason=%s", error)


def test_a_traceback_has_types_and_places_but_no_message() -> None:
    """An unexpected exception may hold part of an event."""
    with logged() as stream:
        crash("ann.smith")
    said = stream.getvalue()
    assert "ann.smith" not in said
    assert "KeyError" in said
    assert "ValueError" in said
    assert 'test_personal_data.py", line' in said
    assert "never retrieved: ValueError" in said


@pytest.mark.parametrize(
    "guard", ["_without_message", "_places"], ids=["lines of libraries", "tracebacks"]
)
def test_without_either_guard_a_crash_names_somebody(
    monkeypatch: pytest.MonkeyPatch, guard: str
) -> None:
    off = {"_without_message": lambda text, _: text, "_places": str}
    monkeypatch.setattr(log_module, guard, off[guard])
    with logged() as stream:
        crash("ann.smith")
    assert "ann.smith" in stream.getvalue()


def test_what_kafka_says_of_topics_is_kept() -> None:
    from aiokafka.errors import TopicAuthorizationFailedError

    error = TopicAuthorizationFailedError("helpdesk.tickets")
    with logged() as stream:
        logging.getLogger("mode").error("Crashed reason=%r", error, exc_info=error)
    assert "helpdesk.tickets" in stream.getvalue()
