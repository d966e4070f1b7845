"""What an engine shows beside what the oracle works out, over the families that both carry."""

import os
from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from typing import Final

from schemas.events import Event
from schemas.policy import Policy
from streams.engine.engine import Engine
from streams.kpis.catalogue import catalogue
from tests.json_lines import to_json
from tests.oracle import evaluate

Key = tuple[str, frozenset[tuple[str, str]]]
Numbers = dict[Key, Fraction]

# How many random streams the long properties run; the nightly run asks for more.
STREAMS: Final = int(os.environ.get("DESKPULSE_PROPERTY_STREAMS", "20"))

# Families of the contract that the engine does not carry; all others must be equal.
LEVELS_TO_COME: Final = (
    "helpdesk_customers",
    "helpdesk_customer_revenue",
    "helpdesk_customers_retention_base",
    "helpdesk_customers_retained",
    "helpdesk_channel_available",
)
ROLLING: Final = ("helpdesk_rolling_", "helpdesk_previous_")
SUFFIXES: Final = ("_bucket", "_gcount", "_gsum")

# Families that workers aggregate with min or max; all others are sums.
MINIMA: Final = (
    "helpdesk_oldest_waiting_timestamp_seconds",
    "helpdesk_sla_next_deadline_timestamp_seconds",
)
MAXIMA: Final = (
    "helpdesk_target",
    "helpdesk_benchmark",
    "helpdesk_sla_objective_ratio",
    "helpdesk_sla_target_seconds",
)


def shown(engines: Iterable[Engine], t: int) -> Numbers:
    """Return what the engines show together at t, as a query over workers aggregates it."""
    numbers: Numbers = {}
    for engine in engines:
        for family in engine.snapshot(t).families():
            for name, labels, sample in family.samples:
                key = name, frozenset(labels.items())
                value = Fraction(repr(sample))
                if key not in numbers:
                    numbers[key] = value
                elif name in MINIMA:
                    numbers[key] = min(numbers[key], value)
                elif name in MAXIMA:
                    numbers[key] = max(numbers[key], value)
                else:
                    numbers[key] += value
    return {key: value for key, value in numbers.items() if value != 0}


def expected(events: Iterable[Event], policy: Policy, t: int) -> Numbers:
    """Return what the oracle works out, of the families that the engine carries."""
    carried = {kpi.family for kpi in catalogue(policy)}
    return {
        key: Fraction(value)
        for key, value in evaluate(events, policy, t).items()
        if value != 0 and is_carried(key[0], carried)
    }


def is_carried(name: str, carried: set[str]) -> bool:
    """Return whether the engine carries the family of a sample."""
    for prefix in ROLLING:
        if name.startswith(prefix):
            family = name.removeprefix(prefix)
            return family in carried or any(
                family.endswith(suffix) and family.removesuffix(suffix) in carried
                for suffix in SUFFIXES
            )
    return name not in LEVELS_TO_COME


def differences(actual: Numbers, wanted: Numbers) -> list[str]:
    """Return a line for each sample that differs; an absent sample is 0."""
    return sorted(
        f"{name}{dict(sorted(labels))}: engine {float(actual.get((name, labels), 0))}, "
        f"oracle {float(wanted.get((name, labels), 0))}"
        for name, labels in actual.keys() | wanted.keys()
        if actual.get((name, labels), 0) != wanted.get((name, labels), 0)
    )


def at_once(events: Sequence[Event], policy: Policy, t: int) -> list[str]:
    """Return what differs if one engine gets all events in one batch."""
    engine = Engine(policy, live=False)
    partition = engine.open(0)
    partition.derive(0, 1)
    engine.serve(0, 0)
    partition.apply(events, t)
    return differences(shown([engine], t), expected(events, policy, t))


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


def assert_equal_at_once(title: str, events: Sequence[Event], policy: Policy, t: int) -> None:
    """Fail with the shortest history if one engine differs from the oracle."""
    if at_once(events, policy, t):
        short = shortest(events, lambda fewer: bool(at_once(fewer, policy, t)))
        raise AssertionError(report(title, short, policy, t, at_once(short, policy, t)))
