"""Open time of a calendar, measured on the time line. (Contract 5; rulings 42-44.)"""

from bisect import bisect_right
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from schemas.policy import Calendar, Policy
from schemas.scalars import DAY, MILLISECOND

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
EPOCH_DAY = date(1970, 1, 1)
FIRST_DAY = date(2, 1, 1)
LAST_DAY = date(9990, 1, 1)

Interval = tuple[int, int]


class Clock(Protocol):
    """Something that measures how much time passes between two instants."""

    def between(self, start: int, end: int) -> int:
        """Return the milliseconds that count in [start, end)."""

    def used_up(self, start: int, needed: int) -> int | None:
        """Return the earliest instant by which `needed` ms have passed since `start`."""


class AllTime:
    """The clock of those who never close."""

    def between(self, start: int, end: int) -> int:
        return max(0, end - start)

    def used_up(self, start: int, needed: int) -> int | None:
        return start + max(0, needed)


class OpenTime:
    """The clock of a calendar: it stands still while the calendar is closed."""

    def __init__(self, calendar: Calendar) -> None:
        self.zone = ZoneInfo(calendar.zone)
        self.holidays = {date.fromisoformat(day) for day in calendar.holidays}
        self.week = weekly_hours(calendar)
        self.covered: tuple[date, date] | None = None
        self.intervals: list[Interval] = []
        self.open_until: list[int] = []

    def between(self, start: int, end: int) -> int:
        if end <= start:
            return 0
        self.cover(start, end)
        return self.open_before(end) - self.open_before(start)

    def used_up(self, start: int, needed: int) -> int | None:
        """Ruling 36: the earliest instant at which it is used up. None if that never comes."""
        if needed <= 0:
            return start
        if not any(self.week):
            return None
        end = start + needed
        while self.between(start, end) < needed:
            if local_day(end) >= LAST_DAY:
                return None
            end += 2 * (end - start) + 7 * DAY
        goal = self.open_before(start) + needed
        for (begin, _), total, before in zip(
            self.intervals, self.open_until, [0, *self.open_until], strict=False
        ):
            if total >= goal:
                return begin + goal - before
        raise AssertionError("the open time was counted a moment ago")

    def open_before(self, instant: int) -> int:
        """Return the open milliseconds from the beginning of the covered days to `instant`."""
        index = bisect_right(self.intervals, (instant, instant)) - 1
        if index < 0:
            return 0
        begin, end = self.intervals[index]
        return self.open_until[index] - max(0, end - max(begin, instant))

    def cover(self, start: int, end: int) -> None:
        """Work out the intervals of all days from `start` to `end`, with room around them."""
        first, last = local_day(start), local_day(end)
        if self.covered and self.covered[0] <= first and last <= self.covered[1]:
            return
        if self.covered:
            first, last = min(first, self.covered[0]), max(last, self.covered[1])
        room = timedelta(days=400)
        first -= timedelta(days=2)
        last += room
        self.covered = first + timedelta(days=2), last - timedelta(days=2)
        self.intervals = merged(
            interval
            for number in range(first.toordinal(), last.toordinal() + 1)
            for interval in self.intervals_of(date.fromordinal(number))
        )
        total, self.open_until = 0, []
        for begin, finish in self.intervals:
            total += finish - begin
            self.open_until.append(total)

    def intervals_of(self, day: date) -> list[Interval]:
        """Return the intervals that begin on a local date.

        Ruling 43: a holiday takes away the intervals that begin on that local date.
        Ruling 44: an interval that ends up empty is closed.
        """
        if day in self.holidays:
            return []
        found = []
        for begin, end in self.week[day.weekday()]:
            interval = self.instant(day, begin), self.instant(day, end)
            if interval[0] < interval[1]:
                found.append(interval)
        return found

    def instant(self, day: date, minutes: int) -> int:
        """Return the milliseconds of a local time, in minutes since the midnight of `day`.

        Ruling 44: a repeated local time is its first occurrence, a skipped one is read with the
        offset before the gap. Both are what fold=0 means.
        """
        midnight = datetime(day.year, day.month, day.day, tzinfo=self.zone)
        offset = (midnight + timedelta(minutes=minutes)).utcoffset()
        assert offset is not None
        return (day - EPOCH_DAY + timedelta(minutes=minutes) - offset) // MILLISECOND


def local_day(instant: int) -> date:
    """Return the UTC date of an instant, within what dates can say."""
    days = max(FIRST_DAY.toordinal(), min(LAST_DAY.toordinal(), 719163 + instant // DAY))
    return date.fromordinal(days)


def merged(intervals: Iterable[Interval]) -> list[Interval]:
    """Overlaps count once. (Ruling 42.)"""
    union: list[Interval] = []
    for begin, end in sorted(intervals):
        if union and begin <= union[-1][1]:
            union[-1] = union[-1][0], max(end, union[-1][1])
        else:
            union.append((begin, end))
    return union


def weekly_hours(calendar: Calendar) -> list[list[tuple[int, int]]]:
    """Return for each weekday its intervals, in minutes since its midnight.

    Ruling 42: `mon`, `mon-fri`, `fri-mon`, lists with commas; an end <= its start is on the
    next day.
    """
    week: list[list[tuple[int, int]]] = [[] for _ in DAYS]
    for days, intervals in calendar.hours.items():
        for weekday in weekdays(days):
            for interval in intervals:
                begin, end = (minutes(part) for part in interval.split("-"))
                week[weekday].append((begin, end if end > begin else end + 24 * 60))
    return week


def weekdays(text: str) -> list[int]:
    """Return the weekdays of "mon", "fri-mon" or "mon,wed-fri"; Monday is 0."""
    found = []
    for part in text.split(","):
        first, _, last = part.strip().partition("-")
        begin = DAYS.index(first.strip())
        end = DAYS.index(last.strip()) if last else begin
        found += [(begin + i) % 7 for i in range((end - begin) % 7 + 1)]
    return found


def minutes(text: str) -> int:
    """Return "09:30" in minutes; "24:00" is the end of the day."""
    hours, rest = text.strip().split(":")
    return int(hours) * 60 + int(rest)


class Calendars:
    """The clocks of a policy by name; None is all time."""

    def __init__(self, policy: Policy) -> None:
        self.clocks = {name: OpenTime(calendar) for name, calendar in policy.calendars.items()}

    def clock(self, name: str | None) -> Clock:
        return AllTime() if name is None else self.clocks[name]
