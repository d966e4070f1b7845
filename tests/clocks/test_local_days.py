from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from functools import cache
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.events import Event
from schemas.policy import WEEKDAYS, CalendarWindows, Policy
from schemas.scalars import DAY, FIRST_INSTANT, LAST_INSTANT, MINUTE
from streams.clocks.local_days import CALENDAR_WINDOWS, LocalDays
from streams.engine.engine import Engine
from tests.clocks import walks
from tests.engine_numbers import Numbers, replayed, shown
from tests.histories import Desk, created


@cache
def begin_of(zone: str, around: date, day: date) -> int:
    """Return the first minute in which the wall shows a date or a later one."""
    return next(at for at, wall in walks.walls(zone, around).items() if wall.date() >= day)


def day_of(zone: str, around: date, t: int) -> date:
    """Return the last day that has begun by t."""
    near = [around + timedelta(days=offset) for offset in range(-3, 4)]
    return max(day for day in near if begin_of(zone, around, day) <= t)


@pytest.mark.parametrize(("zone", "day"), walks.CHANGES)
def test_a_day_begins_when_the_wall_first_shows_it(zone: str, day: date) -> None:
    """Midnight may be skipped, or come twice, even after the new day has begun."""
    days = LocalDays(CalendarWindows(zone))
    ordinal = day.toordinal()
    walked = [begin_of(zone, day, day + timedelta(days=offset)) for offset in (-2, -1, 0, 1)]
    assert days.midnights(ordinal + 1, 4) == walked


@settings(max_examples=30, deadline=None)
@given(st.sampled_from(walks.CHANGES), st.integers(-2 * DAY, 3 * DAY))
def test_the_day_at_an_instant_is_the_last_that_has_begun(
    change: tuple[str, date], offset: int
) -> None:
    zone, day = change
    t = walks.utc(day) + offset
    assert LocalDays(CalendarWindows(zone)).day(t) == day_of(zone, day, t).toordinal()


@pytest.mark.parametrize(("zone", "day"), walks.CHANGES)
def test_days_never_go_back(zone: str, day: date) -> None:
    days = LocalDays(CalendarWindows(zone))
    found = [days.day(minute) for minute in walks.walls(zone, day)]
    assert found == sorted(found)


@given(st.dates(date(1990, 1, 1), date(2060, 1, 1)), st.sampled_from(WEEKDAYS), st.data())
def test_windows_begin_on_their_day(today: date, week_starts: str, data: st.DataObject) -> None:
    """Found by walking back from today until the day on which such a window begins."""
    days = LocalDays(CalendarWindows("UTC", week_starts))
    begins: dict[str, Callable[[date], bool]] = {
        "today": lambda day: day == today,
        "this_week": lambda day: WEEKDAYS[day.weekday()] == week_starts,
        "this_month": lambda day: day.day == 1,
        "this_quarter": lambda day: (day.day, day.month % 3) == (1, 1),
    }
    window = data.draw(st.sampled_from(CALENDAR_WINDOWS))
    day = today
    while not begins[window](day):
        day -= timedelta(days=1)
    assert days.first_day(window, today.toordinal()) == day.toordinal()
    assert days.start(window, walks.utc(today) + 5) == walks.utc(day)


@pytest.mark.parametrize("at", [FIRST_INSTANT, LAST_INSTANT])
def test_there_are_days_wherever_an_event_can_be(at: int) -> None:
    """Beyond the years of dates the nearest day serves; nothing is raised."""
    for zone in ("America/New_York", "Asia/Kathmandu"):
        days = LocalDays(CalendarWindows(zone))
        assert len(days.midnights(days.day(at) + 1, 100)) == 100
        assert days.start("this_quarter", at) <= days.start("today", at)


# Through the engine


def opened(events: list[Event], zone: str, around: date, t: int) -> dict[str, int]:
    """Return how many tickets were opened today and this week, counted one by one."""
    counts = dict.fromkeys(CALENDAR_WINDOWS, 0)
    today = day_of(zone, around, t)
    days = LocalDays(CalendarWindows(zone, "wed"))
    for event in events:
        if event.time > t:
            continue
        day = day_of(zone, around, event.time)
        for window in CALENDAR_WINDOWS:
            first = date.fromordinal(days.first_day(window, today.toordinal()))
            counts[window] += first <= day
    return {window: count for window, count in counts.items() if count}


def by_window(numbers: Numbers) -> dict[str, int]:
    sums = Counter[str]()
    for (name, labels), value in numbers.items():
        if name == "helpdesk_rolling_tickets_opened":
            sums[dict(labels)["window"]] += int(value)
    del sums["1d"]
    return dict(sums)


@pytest.mark.parametrize(("zone", "day"), walks.CHANGES)
def test_calendar_windows_count_what_began_since_midnight(zone: str, day: date) -> None:
    """Whether the events come one by one as time passes, or all at once."""
    random = Random(f"{zone} {day}")
    policy = Policy(windows=("1d",), calendar_windows=CalendarWindows(zone, "wed"))
    start = walks.utc(day) - 2 * DAY
    times = [start + random.randrange(4 * DAY) for _ in range(12)]
    midnight = begin_of(zone, day, day)
    times += [midnight + near for near in (-1, 0, 1, 30_000, MINUTE, 61 * MINUTE)]
    desk = Desk(random, "x")
    events = [created(desk, time, f"t{time}") for time in sorted(times)]
    engine = Engine(policy, live=False)
    partition = engine.open(0)
    partition.derive(start, 1)
    engine.serve(0, start)
    for event in events:
        t = int(event.time)
        partition.apply([event], t)
        assert by_window(shown([engine], t)) == opened(events, zone, day, t)
    for t in random.sample(times, 4):
        assert by_window(replayed(events, policy, t)) == opened(events, zone, day, t)


def test_a_quarter_is_kept_from_its_first_midnight_on() -> None:
    """92 days, and a week that begins in the quarter before."""
    zone = "Europe/Warsaw"
    policy = Policy(windows=("1d",), calendar_windows=CalendarWindows(zone))
    desk = Desk(Random(1), "x")
    first = walks.utc(date(2026, 7, 1)) - 2 * 60 * MINUTE
    last = walks.utc(date(2026, 10, 1)) - 2 * 60 * MINUTE - 1
    events = [created(desk, at, f"t{at}") for at in (first - 1, first, first + 40 * DAY, last)]
    assert by_window(replayed(events, policy, last)) == {
        "today": 1,
        "this_week": 1,
        "this_month": 1,
        "this_quarter": 3,
    }
    assert by_window(replayed(events, policy, last + 1)) == {"this_week": 1}
