"""Opening hours as a clock: open time between two instants, and the instant after so much of it.

Business time is measured on the time line, not on the wall: an hour that DST repeats counts
twice, a skipped one not at all. (Contract 5; 7, rulings 36, 42-44.)
"""

from bisect import bisect_left, bisect_right
from datetime import date, datetime, timedelta
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from schemas.policy import WEEKDAYS, Calendar
from schemas.scalars import DAY, EPOCH, MILLISECOND

FOREVER: Final = 1 << 60
# A calendar that has not opened for so long is taken to stay closed.
LONGEST_CLOSURE: Final = 30 * 366 * DAY
CHUNK: Final = 366 * DAY
# An interval may begin on the local day before, which may be the UTC day before that.
MARGIN: Final = timedelta(days=3)
# Years 2 to 9998: within what a date can hold.
EARLIEST: Final = -62_000_000_000_000
LATEST: Final = 253_000_000_000_000


def weekdays(text: str) -> set[int]:
    """Return the weekdays, 0 = Monday, of `mon`, `mon-fri`, `fri-mon` or a list with commas."""
    days: set[int] = set()
    for part in text.split(","):
        first, _, last = part.strip().partition("-")
        start = WEEKDAYS.index(first.strip())
        end = WEEKDAYS.index(last.strip()) if last else start
        days.update((start + i) % 7 for i in range((end - start) % 7 + 1))
    return days


def minutes(text: str) -> int:
    """Return the minute of the day of "HH:MM"; "24:00" is 1440."""
    hour, _, minute = text.partition(":")
    return int(hour) * 60 + int(minute)


class Table(NamedTuple):
    """Disjoint open intervals in order, and the open time before each.

    All intervals that touch [start, end] are there.
    """

    start: int
    end: int
    starts: list[int]
    ends: list[int]
    before: list[int]

    def reading(self, instant: int) -> int:
        """Return the open time from the first interval until `instant`."""
        at = bisect_right(self.starts, instant) - 1
        if at < 0:
            return 0
        return self.before[at] + min(instant, self.ends[at]) - self.starts[at]


class BusinessClock:
    """The open time of a calendar; intervals are laid out a year at a time, when asked for."""

    def __init__(self, calendar: Calendar) -> None:
        self._zone = ZoneInfo(calendar.zone)
        self._holidays = {date.fromisoformat(day) for day in calendar.holidays}
        self._week: list[list[tuple[int, int]]] = [[] for _ in WEEKDAYS]
        for days, intervals in calendar.hours.items():
            for interval in intervals:
                start, end = (minutes(part) for part in interval.split("-"))
                if end <= start:
                    end += 24 * 60
                for day in weekdays(days):
                    self._week[day].append((start, end))
        self.opens = any(self._week)
        self._table = Table(0, 0, [], [], [])

    def open_between(self, start: int, end: int) -> int:
        """Return the open time in [start, end], milliseconds; 0 if end <= start."""
        if end <= start or not self.opens:
            return 0
        table = self._laid_out(start, end)
        return table.reading(end) - table.reading(start)

    def after(self, start: int, need: int) -> int:
        """Return the earliest instant by which `need` ms of open time have passed since `start`.

        `start` itself if nothing is needed; FOREVER if the calendar does not open so often.
        """
        if need <= 0:
            return start
        if not self.opens:
            return FOREVER
        horizon = start + 2 * need
        while True:
            table = self._laid_out(start, horizon)
            wanted = table.reading(start) + need
            at = bisect_left(table.before, wanted) - 1
            if at >= 0:
                instant = table.starts[at] + wanted - table.before[at]
                if instant <= table.ends[at]:
                    return instant
            if horizon > LATEST or horizon - start > LONGEST_CLOSURE + 32 * need:
                return FOREVER
            horizon += max(horizon - start, 30 * DAY)

    def is_open(self, instant: int) -> bool:
        """Return whether the calendar is open in the millisecond that begins at `instant`."""
        return self.open_between(instant, instant + 1) > 0

    def _laid_out(self, start: int, end: int) -> Table:
        """Return a table that covers [start, end]; replaced whole, so readers may share it."""
        table = self._table
        if table.starts and table.start <= start and end <= table.end:
            return table
        if table.starts:
            start = table.start if start >= table.start else start - CHUNK
            end = table.end if end <= table.end else end + CHUNK
        table = self._table = _table(start, end, self._open_intervals(_day(start), _day(end)))
        return table

    def _open_intervals(self, first: date, last: date) -> list[tuple[int, int]]:
        found: list[tuple[int, int]] = []
        day = first - MARGIN
        while day <= last + MARGIN:
            if day not in self._holidays:
                for start, end in self._week[day.weekday()]:
                    a, b = self._instant(day, start), self._instant(day, end)
                    if a < b:
                        found.append((a, b))
            day += timedelta(days=1)
        found.sort()
        return found

    def _instant(self, day: date, minute: int) -> int:
        """Return the instant of a local time.

        The first of two; one that is skipped is read with the offset before the gap.
        """
        midnight = datetime(day.year, day.month, day.day, tzinfo=self._zone)
        return (midnight + timedelta(minutes=minute) - EPOCH) // MILLISECOND


def _table(start: int, end: int, intervals: list[tuple[int, int]]) -> Table:
    starts: list[int] = []
    ends: list[int] = []
    for opens, closes in intervals:
        if ends and opens <= ends[-1]:
            ends[-1] = max(ends[-1], closes)
        else:
            starts.append(opens)
            ends.append(closes)
    before, total = [], 0
    for opens, closes in zip(starts, ends, strict=True):
        before.append(total)
        total += closes - opens
    return Table(start, end, starts, ends, before)


def _day(instant: int) -> date:
    return (EPOCH + min(max(instant, EARLIEST), LATEST) * MILLISECOND).date()
