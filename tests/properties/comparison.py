"""What an engine shows beside what the oracle works out."""

import os
from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from typing import Final

from schemas.events import Event
from schemas.policy import Policy
from tests.engine_numbers import Numbers
from tests.json_lines import to_json
from tests.oracle import evaluate

Way = Callable[[Sequence[Event], Policy, int], Numbers]

# How many random streams each property runs; a long run asks for more.
STREAMS: Final = int(os.environ.get("DESKPULSE_PROPERTY_STREAMS", "10"))


def expected(events: Iterable[Event], policy: Policy, t: int) -> Numbers:
    """Return what the oracle works out; samples that are 0 are left out."""
    return {
        key: Fraction(value) for key, value in evaluate(events, policy, t).items() if value != 0
    }


def differences(actual: Numbers, wanted: Numbers) -> list[str]:
    """Return a line for each sample that differs; an absent sample is 0."""
    return sorted(
        f"{name}{dict(sorted(labels))}: engine {float(actual.get((name, labels), 0))}, "
        f"oracle {float(wanted.get((name, labels), 0))}"
        for name, labels in actual.keys() | wanted.keys()
        if actual.get((name, labels), 0) != wanted.get((name, labels), 0)
    )


def shortest(events: Sequence[Event], fails: Callable[[Sequence[Event]], bool]) -> list[Event]:
    """Return events that still fail, none of which can be left out."""
    left = list(events)
    size = len(left)
    while size:
        start = 0
        while start < len(left):
            fewer = left[:start] + left[start + size :]
            if fails(fewer):
                left = fewer
            else:
                start += size
        size //= 2
    return left


def report(title: str, events: Sequence[Event], policy: Policy, t: int, lines: list[str]) -> str:
    """Return a failure as text that can be pasted: instant, policy, history, what differs."""
    history = "\n".join(to_json(event) for event in events)
    some = "\n".join(lines[:20])
    return f"{title}\nt = {t}\n{policy!r}\n{history}\n{len(lines)} samples differ:\n{some}"


def assert_equal(title: str, way: Way, events: Sequence[Event], policy: Policy, t: int) -> None:
    """Fail with the shortest history if what an engine shows differs from the oracle."""

    def differing(some: Sequence[Event]) -> list[str]:
        return differences(way(some, policy, t), expected(some, policy, t))

    if differing(events):
        short = shortest(events, lambda fewer: bool(differing(fewer)))
        raise AssertionError(report(title, short, policy, t, differing(short)))
