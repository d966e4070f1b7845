"""Rolling sums of a set of KPIs: facts in, totals of every window out."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from schemas.policy import CalendarWindows
from streams.clocks.local_days import CALENDAR_WINDOWS
from streams.engine.changes import Changes
from streams.engine.rings import EVER, NEVER, Cells, DayRing, Integers, Level, Pending, Ring
from streams.engine.series import Columns, Directory, Series
from streams.facts.facts import COLUMNS
from streams.kpis.kpi import SCALE, Kpi


class Totals(NamedTuple):
    """The sums of one window, by slot, and the series that the slots belong to."""

    window: str
    previous: bool
    series: Sequence[Series]
    cells: Integers


class WindowedSums:
    """The KPIs of one list of windows."""

    def __init__(
        self,
        kpis: Sequence[Kpi],
        windows: Sequence[str],
        previous: Sequence[str],
        scale: Callable[[int], str],
        calendar: CalendarWindows | None = None,
    ) -> None:
        self.directory = Directory(kpis, scale)
        names = [*windows, *(window for window in previous if window not in windows)]
        self.rings: list[Cells] = [
            Level() if window == EVER else Ring(window, previous=window in previous)
            for window in names
        ]
        if calendar is not None:
            self.rings.append(DayRing(calendar))
        self._current = {*windows, *CALENDAR_WINDOWS}
        self.pending = Pending()

    def expand(self, fact: int, columns: Any, signs: Integers, out: list[Integers]) -> None:
        """Append the rows (times, slots, amounts) of facts of one type."""
        for block in self.directory.blocks.get(fact, ()):
            base = block.first_slots(columns, self.directory)
            for kpi, offset, limits in zip(block.kpis, block.offsets, block.bounds, strict=True):
                slots, times, amounts = base + offset, columns.time, signs
                value: Any = None if kpi.value is None else kpi.value(columns)
                bucket: Any = columns.bucket if kpi.buckets == SCALE else None
                if kpi.where is not None:
                    at = np.flatnonzero(kpi.where(columns))
                    if at.size == 0:
                        continue
                    slots, times, amounts = slots[at], times[at], signs[at]
                    value = None if value is None else value[at]
                    bucket = None if bucket is None else bucket[at]
                times = times + kpi.delay
                if kpi.buckets is None:
                    total = amounts if value is None else amounts * value
                    out.append(np.stack((times, slots, total)))
                    continue
                if limits is not None:
                    bucket = np.searchsorted(limits, value)
                out.append(np.stack((times, slots, amounts * value)))
                out.append(np.stack((times, slots + 1 + bucket, amounts)))

    def add(self, parts: list[Integers], t: int) -> None:
        """Advance to t and add rows, then those that have come due."""
        batches = []
        if parts:
            rows = np.concatenate(parts, axis=1)
            later = rows[0] > t
            if later.any():
                self.pending.add(rows[:, later])
                rows = rows[:, ~later]
            batches.append(rows)
        batches.append(self.pending.due(t))
        for ring in self.rings:
            ring.widen(self.directory.width)
            ring.advance(t)
            for times, slots, amounts in batches:
                if times.size:
                    ring.add(times, slots, amounts)

    def merge(self, other: "WindowedSums", t: int) -> None:
        """Add the sums of another, both standing at t."""
        slots = self.directory.slots_of(other.directory)
        for ring, theirs in zip(self.rings, other.rings, strict=True):
            ring.widen(self.directory.width)
            ring.advance(t)
            ring.merge(theirs, slots)
        pending = other.pending.everything()
        if pending.size:
            self.pending.add(np.stack((pending[0], slots[pending[1]], pending[2])))

    def totals(self) -> list[Totals]:
        """Return the sums of every window; they do not change later."""
        series = tuple(self.directory.series)
        return [
            Totals(window, is_previous, series, cells)
            for ring in self.rings
            for window, is_previous, cells in ring.totals()
            if is_previous or window in self._current
        ]


class Sums:
    """All KPIs: those of the configured windows, and those of the SLA windows."""

    def __init__(self, sets: Sequence[WindowedSums]) -> None:
        self.sets = sets
        self.changes = Changes()
        self.t = NEVER

    def flush(self, t: int) -> None:
        """Apply the changes, and let time pass to t; it never goes back."""
        self.t = t = max(t, self.t)
        parts: list[list[Integers]] = [[] for _ in self.sets]
        for fact, (plus, minus) in enumerate(
            zip(self.changes.plus, self.changes.minus, strict=True),
        ):
            if not plus and not minus:
                continue
            width = len(COLUMNS[fact]) + 1
            signs = np.ones((len(plus) + len(minus)) // width, np.int64)
            signs[len(plus) // width :] = -1
            rows = np.array(plus + minus, np.int64).reshape(-1, width)
            columns = Columns(fact, rows)
            for windowed, out in zip(self.sets, parts, strict=True):
                windowed.expand(fact, columns, signs, out)
        self.changes.clear()
        for windowed, out in zip(self.sets, parts, strict=True):
            windowed.add(out, t)

    def merge(self, other: "Sums", t: int) -> None:
        """Add the sums of another."""
        self.flush(t)
        other.flush(t)
        for mine, theirs in zip(self.sets, other.sets, strict=True):
            mine.merge(theirs, t)

    def totals(self) -> list[Totals]:
        """Return the sums of every window at the last flush."""
        return [total for windowed in self.sets for total in windowed.totals()]
