from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from random import Random
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.policy import WEEKDAYS, Calendar
from schemas.scalars import DAY, FIRST_INSTANT, HOUR, LAST_INSTANT, MINUTE
from streams.clocks.calendar import FOREVER, BusinessClock, weekdays
from tests.clocks import walks

TIMES = tuple(f"{hour:02}:{minute:02}" for hour in range(24) for minute in (0, 1, 15, 30, 45))
Hours = dict[str, tuple[str, ...]]
OFFICE = Calendar("Europe/Warsaw", {"mon-fri": ("09:00-17:00",)})
ALWAYS: Hours = {"mon-sun": ("00:00-24:00",)}


class Opening(NamedTuple):
    """A calendar, the day around which it is looked at, and its open minutes by walking."""

    calendar: Calendar
    day: date
    minutes: set[int]


@st.composite
def openings(draw: st.DrawFn) -> Opening:
    zone, day = draw(st.sampled_from(walks.CHANGES))
    interval = st.builds(
        "{}-{}".format, st.sampled_from(TIMES), st.sampled_from((*TIMES, "24:00"))
    )
    weekday = st.sampled_from(WEEKDAYS)
    days = st.one_of(
        weekday,
        st.builds("{}-{}".format, weekday, weekday),
        st.builds("{},{}".format, weekday, weekday),
    )
    hours = draw(
        st.dictionaries(days, st.lists(interval, min_size=1, max_size=3).map(tuple), max_size=3)
    )
    near = [(day + timedelta(days=offset)).isoformat() for offset in range(-3, 4)]
    holidays = draw(st.lists(st.sampled_from(near), max_size=2))
    calendar = Calendar(zone, hours, tuple(holidays))
    return Opening(calendar, day, walks.open_minutes(calendar, day))


def instants(day: date) -> st.SearchStrategy[int]:
    """Return instants on that day or the one before or after, mostly on a minute."""
    first = walks.utc(day) - DAY
    return st.builds(
        lambda minute, rest: first + minute * MINUTE + rest,
        st.integers(0, 3 * 24 * 60),
        st.sampled_from((0, 0, 1, 59_999)),
    )


@settings(max_examples=30, deadline=None)
@given(openings(), st.data())
def test_open_time_is_what_a_walk_finds(opening: Opening, data: st.DataObject) -> None:
    clock = BusinessClock(opening.calendar)
    for _ in range(3):
        start, end = (data.draw(instants(opening.day)) for _ in range(2))
        walked = walks.milliseconds(opening.minutes, start, end) if start < end else 0
        assert clock.open_between(start, end) == walked
        assert clock.is_open(start) == (start // MINUTE * MINUTE in opening.minutes)


@settings(max_examples=30, deadline=None)
@given(openings(), st.data())
def test_after_is_the_earliest_instant_with_so_much_open_time(
    opening: Opening, data: st.DataObject
) -> None:
    clock = BusinessClock(opening.calendar)
    start, end = sorted((data.draw(instants(opening.day)), data.draw(instants(opening.day))))
    need = walks.milliseconds(opening.minutes, start, end)
    instant = clock.after(start, need)
    assert instant <= end
    assert walks.milliseconds(opening.minutes, start, instant) == need
    assert need == 0 or walks.milliseconds(opening.minutes, start, instant - 1) == need - 1
    assert clock.after(start, -1) == start


@settings(max_examples=40, deadline=None)
@given(openings(), st.integers(-400, 400), st.integers(0, 60 * DAY), st.integers(0, 400 * DAY))
def test_after_and_open_between_are_inverse(
    opening: Opening, days: int, need: int, length: int
) -> None:
    clock = BusinessClock(opening.calendar)
    start = walks.utc(opening.day) + days * DAY
    instant = clock.after(start, need)
    if instant == FOREVER:
        assert not clock.opens or not opening.calendar.hours
    else:
        assert clock.open_between(start, instant) == need
    assert clock.after(start, clock.open_between(start, start + length)) <= start + length


@settings(max_examples=40, deadline=None)
@given(openings(), st.lists(st.integers(-500 * DAY, 500 * DAY), min_size=3, max_size=3))
def test_open_time_adds_up(opening: Opening, offsets: list[int]) -> None:
    """Whatever was asked before: a clock that has answered much answers as a new one does."""
    first, second, third = (walks.utc(opening.day) + offset for offset in sorted(offsets))
    clock = BusinessClock(opening.calendar)
    whole = clock.open_between(first, third)
    assert clock.open_between(first, second) + clock.open_between(second, third) == whole
    assert BusinessClock(opening.calendar).open_between(second, third) == clock.open_between(
        second, third
    )
    assert 0 <= whole <= third - first


@pytest.mark.parametrize(("zone", "day"), walks.CHANGES)
def test_a_calendar_that_never_closes_is_plain_time(zone: str, day: date) -> None:
    """No minute is lost at midnight, none where clocks change."""
    clock = BusinessClock(Calendar(zone, ALWAYS))
    start = walks.utc(day) - 3 * DAY
    for length in (1, MINUTE, 23 * HOUR, 6 * DAY, 300 * DAY):
        assert clock.open_between(start, start + length) == length
        assert clock.after(start, length) == start + length


@pytest.mark.parametrize(
    ("night", "hours"), [(date(2026, 3, 28), 7), (date(2026, 10, 24), 9), (date(2026, 6, 6), 8)]
)
def test_a_night_in_which_clocks_change_is_as_long_as_it_takes(night: date, hours: int) -> None:
    clock = BusinessClock(Calendar("Europe/Warsaw", {"sat": ("22:00-06:00",)}))
    assert clock.open_between(walks.utc(night), walks.utc(night) + 2 * DAY) == hours * HOUR


def test_a_holiday_takes_the_whole_night_that_begins_on_it() -> None:
    night: Hours = {"mon-sun": ("22:00-06:00",)}
    clock = BusinessClock(Calendar("UTC", night, ("2026-06-02",)))
    start = walks.utc(date(2026, 6, 1))
    assert clock.open_between(start, start + 3 * DAY) == (6 + 2 + 6 + 2) * HOUR
    assert not clock.is_open(start + DAY + 23 * HOUR)
    assert clock.is_open(start + DAY + 5 * HOUR)


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("mon", {0}),
        ("mon-fri", {0, 1, 2, 3, 4}),
        ("fri-mon", {4, 5, 6, 0}),
        ("tue,sun", {1, 6}),
        ("sat-sun, wed", {5, 6, 2}),
        ("wed-wed", {2}),
    ],
)
def test_days_are_ranges_and_lists(text: str, days: set[int]) -> None:
    assert weekdays(text) == days


@pytest.mark.parametrize(
    "calendar",
    [
        Calendar("UTC", {}),
        Calendar("Europe/Warsaw", {"sun": ("02:00-02:30",)}, ()),
    ],
    ids=["no hours", "hours"],
)
def test_nothing_needed_is_at_once(calendar: Calendar) -> None:
    clock = BusinessClock(calendar)
    assert clock.after(5, 0) == 5
    assert clock.open_between(5, 5) == 0
    assert clock.open_between(6, 5) == 0


def test_a_calendar_without_hours_never_opens() -> None:
    clock = BusinessClock(Calendar("UTC", {}))
    assert not clock.opens
    assert clock.open_between(0, 10_000 * DAY) == 0
    assert clock.after(0, 1) == FOREVER
    assert not clock.is_open(0)


@pytest.mark.parametrize(
    "at", [FIRST_INSTANT, FIRST_INSTANT + 400 * DAY, LAST_INSTANT - DAY, LAST_INSTANT]
)
def test_a_clock_answers_wherever_an_event_can_be(at: int) -> None:
    clock = BusinessClock(OFFICE)
    for start, end in ((at - 10 * DAY, at), (at, at + 10 * DAY)):
        assert 0 <= clock.open_between(start, end) <= 8 * 8 * HOUR
    instant = clock.after(at, 4 * HOUR)
    assert instant == FOREVER or clock.open_between(at, instant) == 4 * HOUR


def test_the_last_years_of_dates_have_no_next_deadline() -> None:
    assert BusinessClock(OFFICE).after(LAST_INSTANT, HOUR) == FOREVER


def test_threads_share_a_clock() -> None:
    """The table is replaced whole: nobody reads one that grows."""
    random = Random(1)
    base = walks.utc(date(2026, 3, 29))
    spans = [
        (base + random.randrange(-900 * DAY, 900 * DAY), random.randrange(100 * DAY))
        for _ in range(120)
    ]
    alone = [BusinessClock(OFFICE).open_between(at, at + length) for at, length in spans[:20]]
    shared = BusinessClock(OFFICE)
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda span: shared.open_between(span[0], sum(span)), spans))
        deadlines = list(pool.map(lambda span: shared.after(span[0], HOUR), spans))
    assert together[:20] == alone
    assert together == [shared.open_between(at, at + length) for at, length in spans]
    assert deadlines == [shared.after(at, HOUR) for at, _ in spans]
