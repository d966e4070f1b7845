"""Rings and pending facts against naive sums, for any facts and any t that moves on."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.scalars import DAY, HOUR, MINUTE, SECOND
from streams.engine.rings import EVER, Integers, Pending, Ring, consolidate
from streams.engine.sums import Sums, WindowedSums
from streams.facts.facts import AGENT_REOPEN, AGENT_REPLY, ANOMALY, HANDOFF_REPLY, Row
from tests.engine.kpis import kpi
from tests.engine.naive import Cells, sums_of, sums_shown

KPIS = (
    kpi("handoffs", HANDOFF_REPLY, ("queue", "priority")),
    kpi("handoffs_long", HANDOFF_REPLY, ("queue",), where=lambda fact: fact.elapsed > 5),
    kpi(
        "handoff_time", HANDOFF_REPLY, ("queue", "priority"), lambda fact: fact.elapsed, (0, 5, 9)
    ),
    kpi("handoffs_later", HANDOFF_REPLY, ("queue",), delay=2 * HOUR),
    kpi("agent_time", AGENT_REPLY, ("agent",), lambda fact: fact.elapsed),
    kpi("anomalies", ANOMALY, ("reason",)),
)
LEVELS = (kpi("reopened", AGENT_REOPEN, ("agent",)), kpi("total", ANOMALY, ()))
WINDOWS = ("5m", "1h", "1d")
PREVIOUS = ("1h", "2h")
SHOWN = (*((window, False) for window in WINDOWS), *((window, True) for window in PREVIOUS))

BASE = 1_774_569_600_000
offsets = st.one_of(
    st.integers(-2 * DAY, 3 * HOUR),
    st.integers(-200, 200).map(lambda panes: panes * 5 * SECOND),
    st.integers(-100, 100).map(lambda panes: panes * MINUTE - 1),
    st.integers(-100, 100).map(lambda panes: panes * 15 * MINUTE),
)
times = offsets.map(lambda offset: BASE + offset)
codes = st.integers(0, 3)
elapsed = st.integers(0, 12)
facts: st.SearchStrategy[Row] = st.one_of(
    st.tuples(st.just(HANDOFF_REPLY), times, codes, codes, elapsed),
    st.tuples(st.just(AGENT_REPLY), times, codes, elapsed),
    st.tuples(st.just(ANOMALY), times, codes),
    st.tuples(st.just(AGENT_REOPEN), times, codes),
)


def new_sums() -> Sums:
    texts = ["1-5"].__getitem__
    return Sums(
        [WindowedSums(KPIS, WINDOWS, PREVIOUS, texts), WindowedSums(LEVELS, (EVER,), (), texts)]
    )


def naive(rows: Counter[Row], t: int) -> Cells:
    return sums_of(KPIS, SHOWN, rows, t) | sums_of(LEVELS, [(EVER, False)], rows, t)


def shown(sums: Sums) -> Cells:
    """Return the sums; a window of KPIs without any series is there and empty."""
    return naive(Counter(), 0) | sums_shown(sums)


@dataclass
class History:
    """Facts that come and go while t moves on."""

    t: int = BASE - 3 * HOUR
    rows: Counter[Row] = field(default_factory=Counter)

    def step(self, data: st.DataObject, sums: Sequence[Sums]) -> None:
        """Add some facts, take some back, from any of the sums; let time pass."""
        for row in data.draw(st.lists(facts, max_size=5)):
            self.rows[row] += 1
            data.draw(st.sampled_from(sums)).changes.replace([], [row])
        present = sorted(self.rows.elements())
        if present:
            for row in data.draw(st.lists(st.sampled_from(present), max_size=2, unique=True)):
                self.rows[row] -= 1
                data.draw(st.sampled_from(sums)).changes.replace([row], [])
        self.t += data.draw(
            st.sampled_from((0, 1, 999, 5 * SECOND, MINUTE, 7 * MINUTE, HOUR, 2 * HOUR, DAY))
        )


@settings(max_examples=60, deadline=None)
@given(st.data(), st.integers(1, 6))
def test_windows_hold_what_lies_in_them(data: st.DataObject, steps: int) -> None:
    """Late facts, facts of the future, facts taken back before or after they were due."""
    sums, history = new_sums(), History()
    for _ in range(steps):
        history.step(data, [sums])
        sums.flush(history.t)
        assert shown(sums) == naive(history.rows, history.t)


@settings(max_examples=40, deadline=None)
@given(st.data(), st.integers(1, 4))
def test_merged_sums_are_the_sums_of_all(data: st.DataObject, steps: int) -> None:
    """Facts may be added to one part and taken back from the other; slots differ between them."""
    parts, history = [new_sums(), new_sums()], History()
    for _ in range(steps):
        history.step(data, parts)
        for sums in parts:
            sums.flush(data.draw(st.integers(history.t - HOUR, history.t)))
    total = new_sums()
    total.flush(history.t)
    for sums in parts:
        total.merge(sums, history.t)
    assert shown(total) == naive(history.rows, history.t)
    history.step(data, [total])
    total.flush(history.t)
    assert shown(total) == naive(history.rows, history.t)


@settings(max_examples=30, deadline=None)
@given(st.lists(facts, max_size=12), st.lists(times, min_size=1, max_size=5))
def test_the_way_to_t_does_not_show(rows: list[Row], stops: list[int]) -> None:
    straight, stopping = new_sums(), new_sums()
    straight.changes.replace([], rows)
    straight.flush(max(stops))
    stopping.changes.replace([], rows)
    for t in sorted(stops):
        stopping.flush(t)
    assert shown(straight) == shown(stopping)


@given(st.lists(facts, min_size=1, max_size=12), times)
def test_what_was_taken_back_leaves_nothing(rows: list[Row], t: int) -> None:
    sums = new_sums()
    sums.changes.replace([], rows)
    sums.flush(t)
    sums.changes.replace(rows, [])
    sums.flush(t)
    assert not any(shown(sums).values())


def test_totals_do_not_change_later() -> None:
    """Another thread may still be writing them out."""
    sums = new_sums()
    sums.changes.replace([], [(ANOMALY, BASE, 1)])
    sums.flush(BASE)
    totals = sums.totals()
    before = [total.cells.tolist() for total in totals]
    sums.changes.replace([], [(ANOMALY, BASE, 1), (ANOMALY, BASE, 2)])
    sums.flush(BASE + 1)
    assert [total.cells.tolist() for total in totals] == before


# Facts that are not due yet


def integers(*rows: Sequence[int]) -> Integers:
    return np.array(rows, np.int64).reshape(-1, 3).T


due_rows = st.lists(
    st.tuples(st.integers(0, 5 * HOUR), st.integers(0, 2), st.sampled_from((1, -1))), max_size=30
)


@given(st.lists(due_rows, max_size=4), st.lists(st.integers(0, 6 * HOUR), max_size=4))
def test_facts_come_due_once_in_their_time(batches: list[list[Row]], stops: list[int]) -> None:
    """Whenever they were added; what is not due stays."""
    pending = Pending()
    came, stayed = Counter[tuple[int, int]](), Counter[tuple[int, int]]()
    now = -1
    for rows, t in zip(batches, [*sorted(stops), *[6 * HOUR] * 4], strict=False):
        later = [row for row in rows if row[0] > now]
        if later:
            pending.add(integers(*later))
        for time, slot, amount in later:
            stayed[time, slot] += amount
        for time, slot, amount in pending.due(t).T.tolist():
            assert time <= t
            came[time, slot] += amount
        now = t
    for time, slot, amount in pending.everything().T.tolist():
        assert time > now
        came[time, slot] += amount
    assert {key: n for key, n in came.items() if n} == {key: n for key, n in stayed.items() if n}


@given(due_rows)
def test_rows_are_added_up_and_zeros_left_out(rows: list[Row]) -> None:
    found = consolidate(integers(*rows)).T.tolist()
    wanted = Counter[tuple[int, int]]()
    for time, slot, amount in rows:
        wanted[time, slot] += amount
    if len(rows) > 1:
        assert found == [[*key, n] for key, n in sorted(wanted.items()) if n]
    else:
        assert found == [list(row) for row in rows]


@pytest.mark.parametrize("add_far", [True, False])
def test_taken_back_facts_of_the_future_take_no_memory(*, add_far: bool) -> None:
    """A breach that an answer takes back, ten thousand times, is nothing that waits."""
    pending = Pending()
    pending.due(0)
    at = HOUR * 50 if add_far else 10
    for _ in range(500):
        pending.add(integers((at, 0, 1)))
        pending.add(integers((at, 0, -1)))
    assert pending.everything().shape[1] <= 64


# One ring


@pytest.mark.parametrize("previous", [False, True])
@given(st.lists(st.tuples(st.integers(0, 3 * HOUR), st.integers(0, 3 * HOUR)), max_size=12))
def test_a_ring_forgets_what_has_left_it(previous: bool, moves: list[tuple[int, int]]) -> None:
    """Also when t jumps over the whole ring."""
    ring = Ring("1h", previous=previous)
    ring.widen(1)
    t, added = BASE, list[int]()
    for ahead, back in moves:
        t += ahead
        ring.advance(t)
        added.append(t - back)
        ring.add(np.array([t - back]), np.array([0]), np.array([1]))
    ring.advance(t)
    for window, is_previous, cells in ring.totals():
        start, end = naive_period(window, is_previous, t)
        assert cells.tolist() == [sum(start <= time < end for time in added)]


def naive_period(window: str, previous: bool, t: int) -> tuple[int, int]:
    assert window == "1h"
    start = (t // MINUTE + 1) * MINUTE - HOUR
    return (start - HOUR, start) if previous else (start, t + 1)


@given(st.integers(0, 50), st.integers(0, 50))
def test_wider_cells_keep_what_they_hold(have: int, width: int) -> None:
    ring = Ring("1h", previous=False)
    ring.widen(have)
    ring.advance(BASE)
    if have:
        ring.add(np.array([BASE]), np.array([have - 1]), np.array([7]))
    ring.widen(width)
    (_, _, cells) = ring.totals()[0]
    assert len(cells) >= max(have, width)
    assert cells.sum() == (7 if have else 0)
