"""What engines show, as exact numbers by sample name and labels."""

from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import Final

from schemas.events import Event
from schemas.policy import Policy
from streams.engine.engine import Engine

Key = tuple[str, frozenset[tuple[str, str]]]
Numbers = dict[Key, Fraction]

# Families that workers aggregate with min or max; all others are sums.
MINIMA: Final = (
    "helpdesk_oldest_waiting_timestamp_seconds",
    "helpdesk_sla_next_deadline_timestamp_seconds",
)
MAXIMA: Final = (
    "helpdesk_definition_info",
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
                key, value = (name, frozenset(labels.items())), Fraction(repr(sample))
                if key not in numbers:
                    numbers[key] = value
                elif name in MINIMA:
                    numbers[key] = min(numbers[key], value)
                elif name in MAXIMA:
                    numbers[key] = max(numbers[key], value)
                else:
                    numbers[key] += value
    return {key: value for key, value in numbers.items() if value != 0}


def one_batch(events: Sequence[Event], policy: Policy, t: int) -> Numbers:
    """Return what one engine with one partition shows if it gets all events at once."""
    return shown([fed(events, policy, t)], t)


def fed(events: Sequence[Event], policy: Policy, t: int) -> Engine:
    """Return an engine with one partition that got all events at once."""
    engine = Engine(policy, live=False)
    partition = engine.open(0)
    partition.derive(0, 1)
    engine.serve(0, 0)
    partition.apply(events, t)
    partition.accept(partition.outbox(), t)
    return engine


def replayed(events: Sequence[Event], policy: Policy, t: int) -> Numbers:
    """Return what one engine shows if it gathers events first and derives them at t."""
    engine = Engine(policy, live=False)
    partition = engine.open(0)
    for start in range(0, len(events), 7):
        partition.gather(events[start : start + 7])
    while not partition.derive(t, 5):
        pass
    partition.accept(partition.outbox(), t)
    engine.serve(0, t)
    return shown([engine], t)
