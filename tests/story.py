"""A table of what happened -> what is shown at an instant.

    story = Story(evaluate, '''
        10:00  t1  created  queue=tech priority=high
        10:05  t1  reply    ann
        10:30  t1  solved   by=agent
    ''')
    assert story.at("11:00").sum("first_response_time_seconds", queue="tech") == 300

A line is an instant, a subject, what happened, and its members. Instants are UTC: `10:00`,
`10:00:01.500` on Monday 1 June 2026, `+2 10:00` two days later, `2026-05-29 10:00` with a date.
Members are `name=value`; null, true, false and numbers are JSON, anything else a string;
`1..10` is a scale; `@id=7 @source=/mail @sequence=2` are the envelope's. A comment follows `#`.
"""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any, Final

from schemas.decode import decode
from schemas.events import Event
from schemas.policy import Policy
from schemas.rejected import Rejected
from schemas.scalars import EPOCH, MILLISECOND

Numbers = Mapping[tuple[str, frozenset[tuple[str, str]]], Fraction | int]
Evaluate = Callable[[Sequence[Event], Policy, int], Numbers]

DAY_OF_STORIES: Final = datetime(2026, 6, 1, tzinfo=UTC)
LINE: Final = re.compile(
    r"(?P<date>\d{4}-\d\d-\d\d\s+|[+-]\d+\s+)?(?P<time>\d\d:\d\d(?::\d\d(?:\.\d{3})?)?)"
    r"(?:\s+(?P<subject>\S+)\s+(?P<verb>\S+)(?P<members>.*))?"
)

# What people say of tickets -> type and members; a word after the verb is the agent.
VERBS: Final[dict[str, tuple[str, dict[str, object]]]] = {
    "writes": ("ticket.message", {"author": "customer"}),
    "reply": ("ticket.message", {"author": "agent"}),
    "note": ("ticket.message", {"author": "agent", "public": False}),
    "bot": ("ticket.message", {"author": "bot"}),
    "system": ("ticket.message", {"author": "system"}),
    "new": ("ticket.status", {"status": "new"}),
    "open": ("ticket.status", {"status": "open"}),
    "pending": ("ticket.status", {"status": "pending"}),
    "hold": ("ticket.status", {"status": "hold"}),
    "solved": ("ticket.status", {"status": "solved"}),
    "closed": ("ticket.status", {"status": "closed"}),
    "handoff": ("ticket.handoff", {"to": "agent"}),
    "sent": ("survey.sent", {}),
    "answered": ("survey.answered", {}),
    "calls": ("call.ended", {"wait_seconds": 0, "talk_seconds": 0}),
    "abandons": ("call.abandoned", {"wait_seconds": 0}),
    "orders": ("order.placed", {"currency": "EUR"}),
    "refunded": ("order.refunded", {"currency": "EUR"}),
    "costs": ("cost.recorded", {"currency": "EUR"}),
    "review": ("review.scored", {}),
    "complaint": ("complaint.logged", {}),
    "feedback": ("feedback.recorded", {}),
    "mention": ("mention.observed", {}),
    "channel": ("channel.availability", {}),
}


@dataclass(frozen=True)
class Shown:
    """What is shown at an instant. Labels that are not named are summed over; absent is 0."""

    numbers: Numbers

    def value(self, name: str, **labels: str) -> Fraction | int:
        """Return a rolling number; the window is 1d unless said otherwise."""
        return self._total("helpdesk_rolling_" + name, {"window": "1d", **labels})

    def count(self, name: str, **labels: str) -> Fraction | int:
        """Return how many were observed in a rolling histogram."""
        return self.value(name + "_gcount", **labels)

    def sum(self, name: str, **labels: str) -> Fraction | int:
        """Return the sum of what was observed in a rolling histogram."""
        return self.value(name + "_gsum", **labels)

    def within(self, name: str, le: str, **labels: str) -> Fraction | int:
        """Return how many were observed in a rolling histogram that were no more than `le`."""
        return self.value(name + "_bucket", le=le, **labels)

    def previous(self, name: str, **labels: str) -> Fraction | int:
        """Return the number of the window before the current one."""
        return self._total("helpdesk_previous_" + name, {"window": "1d", **labels})

    def level(self, name: str, **labels: str) -> Fraction | int:
        """Return a number without a window."""
        return self._total("helpdesk_" + name, labels)

    def families(self) -> set[str]:
        """Return the names of all samples."""
        return {name for name, _ in self.numbers}

    def labels(self, name: str, label: str) -> set[str]:
        """Return the values of a label in the samples of a rolling family, not counting zeros."""
        return {
            dict(labels)[label]
            for (found, labels), value in self.numbers.items()
            if found == "helpdesk_rolling_" + name and value
        }

    def _total(self, name: str, labels: dict[str, str]) -> Fraction | int:
        return sum(
            value
            for (found, has), value in self.numbers.items()
            if found == name and labels.items() <= dict(has).items()
        )


class Story:
    """What happened, and the evaluation that says what it means."""

    def __init__(self, evaluate: Evaluate, table: str, policy: Policy | None = None) -> None:
        self.evaluate = evaluate
        self.policy = policy or Policy()
        lines = (line.partition("#")[0].strip() for line in table.splitlines())
        self.events = [event(line, number) for number, line in enumerate(lines) if line]

    def at(self, when: str) -> Shown:
        """Return what is shown at an instant."""
        match = LINE.fullmatch(when)
        if match is None:
            raise ValueError(f"{when!r} is no instant")
        return Shown(self.evaluate(self.events, self.policy, instant(match)))


def event(line: str, number: int) -> Event:
    """Return the event that a line tells. Raises ValueError if the contract refuses it."""
    match = LINE.fullmatch(line)
    if match is None or match["verb"] is None:
        raise ValueError(f"{line!r} is no instant, subject and verb")
    verb = match["verb"]
    kind, said = VERBS.get(verb, (verb if "." in verb else f"ticket.{verb}", {}))
    data: dict[str, Any] = dict(said)
    envelope: dict[str, Any] = {"id": str(number), "source": "/story"}
    for word in match["members"].split():
        name, equals, value = word.partition("=")
        if name.startswith("@"):
            envelope[name[1:]] = value
        elif equals:
            data[name] = read(value)
        else:
            data["agent"] = word
    time = (EPOCH + instant(match) * MILLISECOND).isoformat(timespec="milliseconds")
    content = {
        **envelope,
        "specversion": "1.0",
        "type": f"helpdesk.{kind}",
        "time": time,
        "subject": match["subject"],
        "data": data,
    }
    found = decode(json.dumps(content).encode())
    if isinstance(found, Rejected):
        raise ValueError(f"{line!r}: {found.message}")
    return found


def instant(match: re.Match[str]) -> int:
    """Return the milliseconds of a line's date and time."""
    date = (match["date"] or "+0").strip()
    day = (
        DAY_OF_STORIES + timedelta(days=int(date))
        if date[0] in "+-"
        else datetime.fromisoformat(date).replace(tzinfo=UTC)
    )
    time = datetime.fromisoformat(f"1970-01-01T{match['time']}").replace(tzinfo=UTC)
    return (day - EPOCH + (time - EPOCH)) // MILLISECOND


def read(value: str) -> object:
    """Return a member's value."""
    if scale := re.fullmatch(r"(-?\d+)\.\.(-?\d+)", value):
        return [int(bound) for bound in scale.groups()]
    try:
        return json.loads(value)
    except ValueError:
        return value
