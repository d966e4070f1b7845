"""Local days, and the calendar windows that are made of them: today, this week, month, quarter.

A day begins at local midnight, whatever the DST: where midnight is skipped, at the end of the
gap; where it comes twice, at the first. It lasts until the next one begins, also where the wall
goes back to the evening before.
"""

from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from schemas.policy import WEEKDAYS, CalendarWindows
from schemas.scalars import EPOCH, MILLISECOND
from streams.clocks.calendar import EARLIEST, LATEST

CALENDAR_WINDOWS: Final = ("today", "this_week", "this_month", "this_quarter")
# A quarter has at most 92 days, and a week may begin before it.
DAYS_KEPT: Final = 99


class LocalDays:
    """The days of a zone around an instant."""

    def __init__(self, windows: CalendarWindows) -> None:
        self._zone = ZoneInfo(windows.zone)
        self._first_weekday = WEEKDAYS.index(windows.week_starts)

    def day(self, t: int) -> int:
        """Return the ordinal of the last day that has begun by t.

        Beyond the years that dates can hold it is the first or last day that they can.
        """
        t = min(max(t, EARLIEST), LATEST)
        shown = (EPOCH + t * MILLISECOND).astimezone(self._zone).date()
        day = shown.toordinal()
        if self._midnight(shown) > t:
            return day - 1
        return day + 1 if self._midnight(shown + timedelta(days=1)) <= t else day

    def midnights(self, day: int, count: int) -> list[int]:
        """Return the beginnings of the last `count` days until `day`, in milliseconds."""
        return [self._midnight(date.fromordinal(day - back)) for back in range(count - 1, -1, -1)]

    def first_day(self, window: str, day: int) -> int:
        """Return the first day of a calendar window in which `day` lies, as ordinals."""
        today = date.fromordinal(day)
        if window == "today":
            return day
        if window == "this_week":
            return day - (today.weekday() - self._first_weekday) % 7
        month = today.month if window == "this_month" else today.month - (today.month - 1) % 3
        return date(today.year, month, 1).toordinal()

    def start(self, window: str, t: int) -> int:
        """Return the beginning of a calendar window at t, in milliseconds."""
        return self._midnight(date.fromordinal(self.first_day(window, self.day(t))))

    def _midnight(self, day: date) -> int:
        local = datetime(day.year, day.month, day.day, tzinfo=self._zone)
        return (local.astimezone(EPOCH.tzinfo) - EPOCH) // MILLISECOND
