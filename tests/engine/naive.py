"""Sums of facts without panes, rings or slots: one fact after the other."""

from collections import Counter
from collections.abc import Iterable, Sequence
from types import SimpleNamespace

from streams.clocks.windows import WINDOWS, window_start
from streams.engine.rings import EVER
from streams.engine.sums import Sums
from streams.facts.facts import COLUMNS, Row
from streams.kpis.kpi import SCALE, Kpi, bounds

# (family, window, whether the one before) -> by label codes: sum, or sum and buckets
Cells = dict[tuple[str, str, bool], dict[tuple[int, ...], tuple[int, ...]]]


def period(window: str, previous: bool, t: int) -> tuple[int, int]:
    """Return the first instant of a window, and the first after it."""
    if window == EVER:
        return -(1 << 62), t + 1
    start = window_start(window, t)
    return (start - WINDOWS[window], start) if previous else (start, t + 1)


def sums_of(
    kpis: Iterable[Kpi], windows: Sequence[tuple[str, bool]], facts: Counter[Row], t: int
) -> Cells:
    """Return what facts, each so many times, come to at t."""
    found: Cells = {}
    for kpi in kpis:
        for window, previous in windows:
            start, end = period(window, previous, t)
            cells: dict[tuple[int, ...], tuple[int, ...]] = {}
            for row, count in facts.items():
                fact = SimpleNamespace(**dict(zip(COLUMNS[row[0]], row[1:], strict=True)))
                if row[0] != kpi.fact or not start <= fact.time + kpi.delay < end:
                    continue
                if kpi.where is not None and not kpi.where(fact):
                    continue
                labels = tuple(getattr(fact, label) for label in kpi.labels)
                own = observed(kpi, fact, count)
                so_far = cells.get(labels, (0,) * len(own))
                cells[labels] = tuple(a + b for a, b in zip(so_far, own, strict=True))
            found[kpi.family, window, previous] = {
                labels: sums for labels, sums in cells.items() if any(sums)
            }
    return found


def observed(kpi: Kpi, fact: SimpleNamespace, count: int) -> tuple[int, ...]:
    """Return what `count` facts add: their value, and how many lie in each bucket."""
    value = 1 if kpi.value is None else kpi.value(fact)
    if kpi.buckets is None:
        return (count * value,)
    assert kpi.buckets != SCALE
    limits = bounds(kpi, "other")
    bucket = sum(value > limit for limit in limits)
    return (count * value, *(count * (bucket == i) for i in range(len(limits) + 1)))


def sums_shown(sums: Sums) -> Cells:
    """Return the sums of an engine in the same form."""
    found: Cells = {}
    for total in sums.totals():
        cells = total.cells.tolist()
        for block, codes, first in total.series:
            for kpi, offset in zip(block.kpis, block.offsets, strict=True):
                at = first + offset
                part = tuple(cells[at : at + block.width_of(kpi, "other")])
                family = found.setdefault((kpi.family, total.window, total.previous), {})
                if any(part):
                    assert codes not in family
                    family[codes] = part
    return found
