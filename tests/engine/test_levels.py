"""Levels of any rows, counted one by one."""

from collections import defaultdict
from collections.abc import Iterator
from fractions import Fraction
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.policy import Calendar, Dimensions, Policy, SlaPolicy, SlaTargets
from schemas.scalars import DAY, HOUR
from streams.engine.levels import ROWS, Table, level_families
from streams.engine.samples import Sample
from streams.entities.rules import Rules
from streams.entities.ticket import NEVER
from streams.facts.facts import STATUSES, TARGETS
from streams.kpis.kpi import SECONDS
from tests.engine_numbers import Numbers

T = 1_780_272_000_000
TARGET_TIMES = SlaTargets(first_response=HOUR, next_reply=2 * HOUR, resolution=DAY)
POLICY = Policy(
    dimensions=Dimensions(queue=("a", "b"), channel=("c",), priority=("d",)),
    calendars={"office": Calendar("Europe/Warsaw", {"mon-fri": ("09:00-17:00",)})},
    sla=(
        SlaPolicy(id="gold", targets=TARGET_TIMES),
        SlaPolicy(id="office", targets=TARGET_TIMES, calendar="office", due_soon=HOUR),
    ),
)
RULES = Rules(POLICY, label_limit=None, wanted=frozenset())


class Row(NamedTuple):
    """An unresolved ticket; of each target the policy, -1 = none, and its deadline."""

    status: int
    queue: int
    channel: int
    priority: int
    created: int
    waiting: int
    clocks: tuple[tuple[int, int], ...]


instants = st.one_of(
    st.integers(T - DAY, T + 3 * DAY), st.sampled_from((T - 1, T, T + 1, T + HOUR // 4))
)
clocks = st.tuples(st.integers(-1, 1), instants)
rows = st.lists(
    st.builds(
        Row,
        status=st.integers(0, 3),
        queue=st.integers(0, 3),
        channel=st.integers(0, 2),
        priority=st.integers(0, 2),
        created=st.integers(T - 9 * DAY, T),
        waiting=st.one_of(st.just(NEVER), st.integers(T - 9 * DAY, T)),
        clocks=st.tuples(clocks, clocks, clocks),
    ),
    max_size=12,
)


def table(found: list[Row]) -> Table:
    flat = [
        (*row[:6], *(policy for policy, _ in row.clocks), 0, *(at for _, at in row.clocks))
        for row in found
    ]
    return np.array(flat, ROWS)


def counted(found: list[Row]) -> Iterator[tuple[str, dict[str, str], int | Fraction]]:
    """Yield what each row adds to sums."""
    for row in found:
        d = {
            "queue": RULES.queue.texts[row.queue],
            "channel": RULES.channel.texts[row.channel],
            "priority": RULES.priority.texts[row.priority],
        }
        few = {"queue": d["queue"], "priority": d["priority"]}
        yield "tickets_unresolved", {"status": STATUSES[row.status], **d}, 1
        if row.waiting != NEVER:
            yield "tickets_waiting", d, 1
        age = "tickets_unresolved_age_seconds"
        yield f"{age}_gcount", few, 1
        yield f"{age}_gsum", few, Fraction(T - row.created, 1000)
        yield f"{age}_bucket", {**few, "le": "+Inf"}, 1
        for bound in SECONDS:
            le = repr(bound / 1000)
            yield f"{age}_bucket", {**few, "le": le}, int(T - row.created <= bound)
        for target, (policy, at) in zip(TARGETS, row.clocks, strict=True):
            if policy < 0:
                continue
            rule = RULES.sla[policy]
            labels = {"sla": POLICY.sla[rule.number].id, "target": target, **few}
            yield f"sla_{'running' if at > T else 'overdue'}", labels, 1
            soon = POLICY.sla[rule.number].due_soon or getattr(TARGET_TIMES, target) // 4
            if at > T and rule.open_between(T, at) <= soon:
                yield "sla_due_soon", labels, 1
    yield "pipeline_tickets_incomplete", {}, 5


def exact(samples: list[tuple[str, dict[str, str], int | Fraction]]) -> Numbers:
    sums: Numbers = defaultdict(Fraction)
    for name, labels, value in samples:
        sums["helpdesk_" + name, frozenset(labels.items())] += value
    return {key: value for key, value in sums.items() if value}


@settings(max_examples=80, deadline=None)
@given(rows)
def test_levels_count_rows(found: list[Row]) -> None:
    samples: list[Sample] = [
        sample for family in level_families(table(found), 5, RULES, T) for sample in family.samples
    ]
    assert len({(name, frozenset(labels.items())) for name, labels, _ in samples}) == len(samples)
    actual = {
        (name, frozenset(labels.items())): Fraction(repr(value))
        for name, labels, value in samples
        if value and "timestamp" not in name
    }
    assert actual == exact(list(counted(found)))


@settings(max_examples=80, deadline=None)
@given(rows)
def test_the_oldest_waiting_and_the_next_deadline_are_the_smallest(
    found: list[Row],
) -> None:
    oldest: dict[str, int] = {}
    deadlines: dict[tuple[str, str], int] = {}
    for row in found:
        name = RULES.queue.texts[row.queue]
        if row.waiting != NEVER:
            oldest[name] = min(row.waiting, oldest.get(name, row.waiting))
        for target, (policy, at) in zip(TARGETS, row.clocks, strict=True):
            if policy >= 0 and at > T:
                key = POLICY.sla[policy].id, target
                deadlines[key] = min(at, deadlines.get(key, at))
    samples = {
        family.name: {tuple(labels.values()): value for _, labels, value in family.samples}
        for family in level_families(table(found), 0, RULES, T)
    }
    assert samples["helpdesk_oldest_waiting_timestamp_seconds"] == {
        (queue,): at / 1000 for queue, at in oldest.items()
    }
    assert samples["helpdesk_sla_next_deadline_timestamp_seconds"] == {
        key: at / 1000 for key, at in deadlines.items()
    }


@pytest.mark.parametrize("minutes", [1, 60])
def test_nothing_open_is_no_sample(minutes: int) -> None:
    """No data is not 0; only how many tickets are incomplete is always said."""
    families = list(level_families(table([]), 0, RULES, T + minutes))
    assert [family.name for family in families if family.samples] == [
        "helpdesk_pipeline_tickets_incomplete"
    ]
