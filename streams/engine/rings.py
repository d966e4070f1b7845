"""Sums of facts by series and pane: one ring of panes a window, and the facts not yet due."""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from schemas.scalars import HOUR
from streams.clocks.windows import WINDOWS, pane_width

Integers = NDArray[np.int64]
PARTS_MAX: Final = 64
EVER: Final = "ever"
NEVER: Final = -(1 << 62)


class Ring:
    """The panes of one window, and of the window before it if `previous`.

    Pane k lies in row k % rows. A row is cleared when its pane comes round, so nothing expires.
    The window `ever` is one row for all time.
    """

    def __init__(self, window: str, *, previous: bool) -> None:
        self.window = window
        self.previous = previous
        self.pane = 1 if window == EVER else pane_width(WINDOWS[window])
        self.panes = 1 if window == EVER else WINDOWS[window] // self.pane
        self.rows = self.panes * (2 if previous else 1)
        self.newest = NEVER
        self.cells: Integers = np.zeros((self.rows, 0), np.int64)

    def advance(self, t: int) -> None:
        """Let the window end at t."""
        newest = t // self.pane
        if newest == self.newest or self.window == EVER:
            return
        if newest - self.newest >= self.rows:
            self.cells[:] = 0
        else:
            for pane in range(self.newest + 1, newest + 1):
                self.cells[pane % self.rows] = 0
        self.newest = newest

    def add(self, times: Integers, slots: Integers, amounts: Integers) -> None:
        """Add facts that are due; those before the ring are left out, as their retraction is."""
        if self.window == EVER:
            np.add.at(self.cells[0], slots, amounts)
            return
        panes = times // self.pane
        keep = panes > self.newest - self.rows
        if not keep.all():
            slots, panes, amounts = slots[keep], panes[keep], amounts[keep]
        cells = self.cells.reshape(-1)
        np.add.at(cells, (panes % self.rows) * self.cells.shape[1] + slots, amounts)

    def widen(self, width: int) -> None:
        """Make room for `width` slots."""
        have = self.cells.shape[1]
        if width > have:
            cells = np.zeros((self.rows, max(width, have * 3 // 2)), np.int64)
            cells[:, :have] = self.cells
            self.cells = cells

    def total(self) -> Integers:
        """Return the sums of the window, by slot."""
        if not self.previous:
            return np.asarray(self.cells.sum(axis=0))
        return np.asarray(self.cells[self._rows_of(0)].sum(axis=0))

    def total_before(self) -> Integers:
        """Return the sums of the window before, by slot."""
        return np.asarray(self.cells[self._rows_of(self.panes)].sum(axis=0))

    def _rows_of(self, ago: int) -> Any:
        return (np.arange(self.panes) + self.newest - ago - self.panes + 1) % self.rows

    def merge(self, other: "Ring", slots: Integers) -> None:
        """Add the sums of a ring that stands at the same t; `slots` says where its slots go here."""
        if slots.size:
            self.cells[:, slots] += other.cells[:, : slots.size]


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
