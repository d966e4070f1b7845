"""Sums of facts by series and pane: one ring of panes a window, and the facts not yet due."""

from abc import ABC, abstractmethod
from typing import Final

import numpy as np
from numpy.typing import NDArray

from schemas.policy import CalendarWindows
from schemas.scalars import HOUR
from streams.clocks.local_days import CALENDAR_WINDOWS, DAYS_KEPT, LocalDays
from streams.clocks.windows import WINDOWS, pane_width

Integers = NDArray[np.int64]
PARTS_MAX: Final = 64
EVER: Final = "ever"
NEVER: Final = -(1 << 62)


class Cells(ABC):
    """Sums by pane, a row each, and slot. All stand at one t, which never goes back."""

    def __init__(self, rows: int) -> None:
        self.cells: Integers = np.zeros((rows, 0), np.int64)

    @abstractmethod
    def advance(self, t: int) -> None:
        """Let the windows end at t."""

    @abstractmethod
    def add(self, times: Integers, slots: Integers, amounts: Integers) -> None:
        """Add facts that are due; those before the panes are left out, as their retraction is."""

    @abstractmethod
    def totals(self) -> list[tuple[str, bool, Integers]]:
        """Return (window, whether it is the one before, sums by slot)."""

    def widen(self, width: int) -> None:
        """Make room for `width` slots."""
        rows, have = self.cells.shape
        if width > have:
            cells = np.zeros((rows, max(width, have * 3 // 2)), np.int64)
            cells[:, :have] = self.cells
            self.cells = cells

    def merge(self, other: "Cells", slots: Integers) -> None:
        """Add the sums of the same panes at the same t; their slots go to `slots` here."""
        if slots.size:
            self.cells[:, slots] += other.cells[:, : slots.size]


class Level(Cells):
    """The sum of all facts until t, in one row."""

    def __init__(self) -> None:
        super().__init__(1)

    def advance(self, t: int) -> None:
        """Nothing expires."""

    def add(self, times: Integers, slots: Integers, amounts: Integers) -> None:
        """Add facts that are due."""
        np.add.at(self.cells[0], slots, amounts)

    def totals(self) -> list[tuple[str, bool, Integers]]:
        """Return (EVER, False, sums by slot)."""
        return [(EVER, False, self.cells[0].copy())]


class Ring(Cells):
    """The panes of one window, and of the window before it if `previous`.

    Pane k lies in row k % rows. A row is cleared when its pane comes round, so nothing expires.
    """

    def __init__(self, window: str, *, previous: bool) -> None:
        self.window = window
        self.previous = previous
        self.pane = pane_width(WINDOWS[window])
        self.panes = WINDOWS[window] // self.pane
        self.rows = self.panes * (2 if previous else 1)
        self.newest = NEVER
        super().__init__(self.rows)

    def advance(self, t: int) -> None:
        """Let the window end at t."""
        newest = t // self.pane
        if newest == self.newest:
            return
        if newest - self.newest >= self.rows:
            self.cells[:] = 0
        else:
            for pane in range(self.newest + 1, newest + 1):
                self.cells[pane % self.rows] = 0
        self.newest = newest

    def add(self, times: Integers, slots: Integers, amounts: Integers) -> None:
        """Add facts that are due; those before the ring are left out, as their retraction is."""
        panes = times // self.pane
        keep = panes > self.newest - self.rows
        if not keep.all():
            slots, panes, amounts = slots[keep], panes[keep], amounts[keep]
        cells = self.cells.reshape(-1)
        np.add.at(cells, (panes % self.rows) * self.cells.shape[1] + slots, amounts)

    def totals(self) -> list[tuple[str, bool, Integers]]:
        """Return (window, whether it is the one before, sums by slot)."""
        if not self.previous:
            return [(self.window, False, np.asarray(self.cells.sum(axis=0)))]
        return [(self.window, False, self._sum(0)), (self.window, True, self._sum(self.panes))]

    def _sum(self, ago: int) -> Integers:
        rows = (np.arange(self.panes) + self.newest - ago - self.panes + 1) % self.rows
        return np.asarray(self.cells[rows].sum(axis=0))


class DayRing(Cells):
    """The local days of a quarter: one ring for all calendar windows.

    Panes are days, each from one local midnight to the next; day k lies in row k % rows.
    """

    def __init__(self, windows: CalendarWindows) -> None:
        self._days = LocalDays(windows)
        self._day = 0
        self._midnights: Integers = np.zeros(0, np.int64)
        self._next_midnight = NEVER
        super().__init__(DAYS_KEPT)

    def advance(self, t: int) -> None:
        """Let the windows end at t."""
        if t < self._next_midnight:
            return
        day = self._days.day(t)
        kept = self._day and day - self._day < DAYS_KEPT
        if kept:
            for passed in range(self._day + 1, day + 1):
                self.cells[passed % DAYS_KEPT] = 0
        else:
            self.cells[:] = 0
        self._day = day
        midnights = self._days.midnights(day + 1, DAYS_KEPT + 1)
        self._next_midnight = midnights.pop()
        self._midnights = np.array(midnights, np.int64)

    def add(self, times: Integers, slots: Integers, amounts: Integers) -> None:
        """Add facts that are due; those before the ring are left out."""
        back = np.searchsorted(self._midnights, times, side="right") - DAYS_KEPT
        keep = back > -DAYS_KEPT
        rows = (self._day + back[keep]) % DAYS_KEPT
        np.add.at(self.cells, (rows, slots[keep]), amounts[keep])

    def totals(self) -> list[tuple[str, bool, Integers]]:
        """Return (window, False, sums by slot)."""
        found = []
        for window in CALENDAR_WINDOWS:
            first = self._days.first_day(window, self._day)
            rows = np.arange(first, self._day + 1) % DAYS_KEPT
            found.append((window, False, np.asarray(self.cells[rows].sum(axis=0))))
        return found


class Pending:
    """Facts dated after t, by the hour of their date; the nearest hours are sorted."""

    def __init__(self) -> None:
        self.hours: dict[int, list[Integers]] = {}
        self.near: Integers = np.zeros((3, 0), np.int64)
        self.near_hour = NEVER

    def add(self, rows: Integers) -> None:
        """Keep rows (3, n): times, slots, amounts."""
        hours = rows[0] // HOUR
        order = np.argsort(hours, kind="stable")
        rows, hours = rows[:, order], hours[order]
        cuts = np.flatnonzero(np.diff(hours)) + 1
        firsts = hours[np.concatenate((np.zeros(1, np.int64), cuts))].tolist()
        for part, hour in zip(np.split(rows, cuts, axis=1), firsts, strict=True):
            if hour <= self.near_hour:
                self.near = consolidate(np.concatenate((self.near, part), axis=1))
            else:
                parts = self.hours.setdefault(hour, [])
                parts.append(part)
                if len(parts) >= PARTS_MAX:
                    parts[:] = [consolidate(np.concatenate(parts, axis=1))]

    def due(self, t: int) -> Integers:
        """Return the rows whose date has come, and forget them."""
        hour = t // HOUR
        if hour > self.near_hour:
            parts = [self.near]
            for past in sorted(h for h in self.hours if h <= hour):
                parts.extend(self.hours.pop(past))
            self.near = consolidate(np.concatenate(parts, axis=1))
            self.near_hour = hour
        count = int(np.searchsorted(self.near[0], t, side="right"))
        rows, self.near = self.near[:, :count], self.near[:, count:]
        return rows

    def everything(self) -> Integers:
        """Return all rows, in no order."""
        parts = [self.near, *(part for parts in self.hours.values() for part in parts)]
        return np.concatenate(parts, axis=1)


def consolidate(rows: Integers) -> Integers:
    """Return rows sorted by time and slot, equal ones added up, without zeros."""
    if rows.shape[1] < 2:
        return rows
    rows = rows[:, np.lexsort((rows[1], rows[0]))]
    changes = (np.diff(rows[0]) != 0) | (np.diff(rows[1]) != 0)
    starts = np.flatnonzero(np.concatenate((np.ones(1, bool), changes)))
    amounts = np.add.reduceat(rows[2], starts)
    keep = amounts != 0
    starts = starts[keep]
    return np.stack((rows[0][starts], rows[1][starts], amounts[keep]))
