"""Time by walking: minute after minute, on what the wall shows. Slow and plain."""

from datetime import date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from schemas.policy import WEEKDAYS, Calendar
from schemas.scalars import DAY, EPOCH, MILLISECOND, MINUTE

# Zones, and a day near which each of them changes its clocks: forwards, back, by half an hour,
# at midnight, a minute after midnight, by a whole day, never.
CHANGES = (
    ("Europe/Warsaw", date(2026, 3, 29)),
    ("Europe/Warsaw", date(2026, 10, 25)),
    ("America/New_York", date(2026, 3, 8)),
    ("America/New_York", date(2026, 11, 1)),
    ("America/Havana", date(2026, 3, 8)),
    ("America/Havana", date(2026, 11, 1)),
    ("Australia/Lord_Howe", date(2026, 4, 5)),
    ("Australia/Lord_Howe", date(2026, 10, 4)),
    ("America/St_Johns", date(2010, 3, 14)),
    ("America/St_Johns", date(2010, 11, 7)),
    ("Pacific/Apia", date(2011, 12, 30)),
    ("Asia/Kathmandu", date(2026, 6, 1)),
    ("UTC", date(1969, 12, 31)),
)


def utc(day: date) -> int:
    """Return the milliseconds of 00:00 UTC."""
    return (day - EPOCH.date()).days * DAY


@cache
def walls(zone: str, day: date) -> dict[int, datetime]:
    """Return what the wall shows in each minute of the nine days around a day."""
    info = ZoneInfo(zone)
    first = utc(day) - 4 * DAY
    return {
        minute: (EPOCH + minute * MILLISECOND).astimezone(info).replace(tzinfo=None, fold=0)
        for minute in range(first, first + 9 * DAY, MINUTE)
    }


@cache
def first_minutes(zone: str, day: date) -> dict[datetime, int]:
    """Return when the wall first shows a time."""
    found: dict[datetime, int] = {}
    for minute, wall in walls(zone, day).items():
        found.setdefault(wall, minute)
    return found


def minute_of(zone: str, day: date, wall: datetime) -> int:
    """Return the instant of a local time.

    The first of two; one that the wall skips is as long after the gap as it is into it, which is
    the offset before the gap.
    """
    shown = first_minutes(zone, day)
    back = 0
    while wall - timedelta(minutes=back) not in shown:
        back += 1
    return shown[wall - timedelta(minutes=back)] + back * MINUTE


def open_minutes(calendar: Calendar, day: date) -> set[int]:
    """Return the minutes in which a calendar is open, of the five days around a day."""
    opened: set[int] = set()
    for offset in range(-3, 4):
        local = day + timedelta(days=offset)
        if local.isoformat() in calendar.holidays:
            continue
        for days, intervals in calendar.hours.items():
            if local.weekday() not in named_days(days):
                continue
            for interval in intervals:
                begin, end = (wall_time(local, text) for text in interval.split("-"))
                if end <= begin:
                    end += timedelta(days=1)
                opens = minute_of(calendar.zone, day, begin)
                opened.update(range(opens, minute_of(calendar.zone, day, end), MINUTE))
    return opened


def wall_time(day: date, text: str) -> datetime:
    hour, minute = (int(part) for part in text.split(":"))
    return datetime.fromisoformat(day.isoformat()) + timedelta(hours=hour, minutes=minute)


def named_days(text: str) -> set[int]:
    """Return the weekdays of "mon", "fri-mon" or "mon,wed", by walking through the week."""
    found: set[int] = set()
    for part in text.split(","):
        first, _, last = part.partition("-")
        at = WEEKDAYS.index(first)
        found.add(at)
        while last and WEEKDAYS[at] != last:
            at = (at + 1) % 7
            found.add(at)
    return found


def milliseconds(minutes: set[int], start: int, end: int) -> int:
    """Return how much of [start, end) lies in these minutes."""
    return sum(max(0, min(end, minute + MINUTE) - max(start, minute)) for minute in minutes)
