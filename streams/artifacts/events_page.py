"""The page of events: what helpdesks, surveys, telephones and shops send."""

import json
from collections.abc import Iterator
from inspect import cleandoc
from typing import Any, Final, Literal, get_args, get_origin, get_type_hints

from msgspec import UnsetType, structs

from schemas.events import DEFAULT_SCALES, EVENTS, Data, Event
from schemas.expectation import expectation
from schemas.registry import DATA_OF, FAMILY_OF, KEYED_BY, TOPICS, type_of
from schemas.rejected import Reason
from streams.artifacts.markdown import code, name, names, page, section, table

INTRODUCTION: Final = """
Events are [CloudEvents 1.0](https://cloudevents.io) in JSON, in either Kafka binding: structured
(the value of the record is the whole event) or binary (headers `ce_…`, the value is `data`). The
JSON Schema of each type and an AsyncAPI document lie in [schemas](schemas); `deskpulse schema`
prints them.

* An event is identified by `source` and `id` within its entity. The same identity again is a
  duplicate and changes nothing; of two contents of one identity the smaller counts, whichever
  came first.
* `time` is RFC 3339 with an offset, kept to the millisecond. Events count at their time, however
  late they come. `sequence` orders events of one ticket at the same time, compared as a string.
* Members of `data` that are not listed are ignored. null in an optional member means absent (in
  `helpdesk.ticket.assigned`: none). Absent are: `via` = customer, `bot` = false, `public` =
  true, `by` = nobody, `hold_seconds` and `wrap_seconds` = 0.
* The key of the Kafka record is the entity's key below, in UTF-8, and its partition the one that
  Kafka's Java clients choose for that key (murmur2; librdkafka: `partitioner=murmur2_random`).
  With `keying: repartition` workers re-key the records of producers that cannot.
"""
# What the example of a type says in a member; lists of words give their first one.
SAMPLES: Final[dict[str, object]] = {
    "agent": "ann",
    "amount": "19.90",
    "available": True,
    "bot": False,
    "channel": "chat",
    "currency": "EUR",
    "customer": "c-7",
    "first_contact_resolved": True,
    "from": "2026-06-01",
    "hold_seconds": 20,
    "into": "t-41",
    "max_score": 100,
    "network": "mastodon",
    "order": "o-1",
    "passed": True,
    "priority": "high",
    "public": True,
    "queue": "tech",
    "scale": [1, 5],
    "score": 5,
    "script_followed": True,
    "tags": ["vip"],
    "talk_seconds": 240,
    "ticket": "t-40",
    "tier": 2,
    "to": "2026-07-01",
    "topic": "refund",
    "wait_seconds": 12.5,
    "wrap_seconds": 30,
}


def events_page(generated: str) -> str:
    """Return the page; `generated` says where it comes from."""
    return page(
        "Events",
        generated,
        INTRODUCTION,
        *(
            section(
                2,
                f"Topic `helpdesk.{topic}`",
                *(of_type(event) for event in EVENTS if FAMILY_OF[event][1] == topic),
            )
            for topic in TOPICS
        ),
        section(
            2,
            "Scales",
            "Scores that name no scale lie on these.",
            table(
                ("survey", "scale"),
                ((name(kind), f"{low} to {high}") for kind, (low, high) in DEFAULT_SCALES.items()),
            ),
        ),
        section(
            2,
            "What is refused",
            "A record that is no valid event goes to the topic `helpdesk.dead-letters`: key and "
            "value as they came, and the headers `reason`, `message` (which member, which value, "
            "what was expected; no personal data), `topic`, `partition` and `offset`. Its "
            f"neighbours are counted. The reasons: {names(get_args(Reason))}.",
        ),
    )


def of_type(event: type[Event]) -> str:
    """Return what there is to know of a type of event."""
    return section(
        3,
        name(type_of(event)),
        " ".join(cleandoc(DATA_OF[event].__doc__ or "").split()),
        f"Key of the record: {key(event)}.",
        table(("member of `data`", "what it is", ""), members(DATA_OF[event])),
        code(json.dumps(example(event), indent=2), "json"),
    )


def key(event: type[Event]) -> str:
    """Return what the key of an event's record is."""
    member = KEYED_BY.get(event)
    if member is None:
        return "`subject`"
    needed = any(f.encode_name == member and f.required for f in structs.fields(DATA_OF[event]))
    return f"`data.{member}`" if needed else f"`data.{member}`, or `subject` without it"


def members(data: type[Data]) -> Iterator[tuple[str, str, str]]:
    """Yield the members of data: what each accepts, and whether it has to be there."""
    hints = get_type_hints(data, include_extras=True)
    for field in structs.fields(data):
        accepted = accepts(hints[field.name])
        yield name(field.encode_name), accepted, "required" if field.required else "optional"


def accepts(kind: Any) -> str:
    """Return what a type accepts, in words."""
    parts = [part for part in get_args(kind) if part not in (UnsetType, type(None))]
    return expectation(parts[0] if UnsetType in get_args(kind) else kind).text


def example(event: type[Event]) -> dict[str, Any]:
    """Return an event of a type, with all of its members."""
    hints = get_type_hints(DATA_OF[event])
    data = {
        field.encode_name: first_word(hints[field.name]) or SAMPLES[field.encode_name]
        for field in structs.fields(DATA_OF[event])
    }
    word = type_of(event).split(".")[1]
    return {
        "specversion": "1.0",
        "type": type_of(event),
        "source": "/helpdesk",
        "id": "7f3a",
        "time": "2026-06-01T10:05:12Z",
        "subject": f"{word[0]}-40",
        "data": data,
    }


def first_word(kind: Any) -> object:
    """Return the first word of a list of words, None of another type."""
    for part in (kind, *get_args(kind)):
        words = get_args(part)
        if get_origin(part) is Literal:
            return words[0]
    return None
