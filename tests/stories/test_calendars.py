"""Business time: open hours, holidays, nights, and the two nights when clocks change."""

import pytest

from schemas.policy import Calendar, Policy
from tests.story import Evaluate, Story

FIRST = "first_response_business_time_seconds"


def business(evaluate: Evaluate, calendar: Calendar, start: str, end: str) -> int:
    """Return the business seconds of a first response."""
    table = f"{start} t1 created\n{end} t1 reply ann"
    policy = Policy(calendars={"c": calendar}, business_calendar="c", windows=("30d",))
    now = Story(evaluate, table, policy).at(end)
    assert now.count(FIRST, window="30d") == 1
    return int(now.sum(FIRST, window="30d"))


@pytest.mark.parametrize(
    ("hours", "start", "end", "seconds"),
    [
        # Friday 16:30 to Monday 09:30 in Warsaw: half an hour each.
        ({"mon-fri": ("09:00-17:00",)}, "2026-05-29 14:30", "2026-06-01 07:30", 3600),
        # A lunch break does not count.
        ({"mon": ("09:00-12:00", "13:00-17:00")}, "2026-06-01 09:00", "2026-06-01 12:00", 7200),
        # Overlaps count once, also those of two keys.
        ({"mon": ("08:00-12:00", "10:00-14:00")}, "2026-06-01 00:00", "2026-06-02 00:00", 21600),
        ({"mon-fri": ("08:00-12:00",), "mon": ("10:00-14:00",)}, "2026-06-01 00:00",
         "2026-06-01 20:00", 21600),
        # Saturday 12:00 to 24:00 and Sunday from 00:00: twelve and nine hours without a seam.
        ({"sat": ("12:00-24:00",), "sun": ("00:00-09:00",)}, "2026-05-30 00:00",
         "2026-06-01 00:00", 75600),
        # A Monday night shift lasts until Tuesday morning.
        ({"mon": ("22:00-06:00",)}, "2026-06-01 12:00", "2026-06-02 12:00", 28800),
        # fri-mon goes over the week's end: Friday, Saturday, Sunday and Monday.
        ({"fri-mon": ("10:00-11:00",)}, "2026-05-28 00:00", "2026-06-04 00:00", 14400),
        ({"tue,thu-fri": ("10:00-11:00",)}, "2026-06-01 00:00", "2026-06-08 00:00", 10800),
        # The same start and end is a whole day.
        ({"wed": ("09:00-09:00",)}, "2026-06-01 00:00", "2026-06-08 00:00", 86400),
    ],
)  # fmt: skip
def test_open_hours(
    evaluate: Evaluate, hours: dict[str, tuple[str, ...]], start: str, end: str, seconds: int
) -> None:
    assert business(evaluate, Calendar("Europe/Warsaw", hours), start, end) == seconds


def test_a_holiday_takes_away_what_begins_on_it(evaluate: Evaluate) -> None:
    """Monday's night shift goes with the holiday, Sunday's runs on into it until 06:00."""
    night = Calendar("Europe/Warsaw", {"sun,mon": ("22:00-06:00",)}, ("2026-06-01",))
    assert business(evaluate, night, "2026-05-31 12:00", "2026-06-02 12:00") == 28800


@pytest.mark.parametrize(
    ("hours", "day", "seconds"),
    [
        # 29 March, 02:00 to 03:00 is skipped: a day shift over it is an hour shorter.
        ("00:00-06:00", "2026-03-29", 5 * 3600),
        # Both ends are skipped: 02:15 and 02:45 are read as 03:15 and 03:45.
        ("02:15-02:45", "2026-03-29", 1800),
        # 02:30 is read as 03:30, which is after 03:15: empty, so closed.
        ("02:30-03:15", "2026-03-29", 0),
        ("02:30-03:45", "2026-03-29", 900),
        # 25 October, 02:00 to 03:00 comes twice: a shift over it is an hour longer.
        ("00:00-06:00", "2026-10-25", 7 * 3600),
        # A repeated time is its first occurrence, for both ends.
        ("02:00-02:30", "2026-10-25", 1800),
        ("02:30-03:00", "2026-10-25", 1800 + 3600),
    ],
)
def test_the_nights_when_clocks_change(
    evaluate: Evaluate, hours: str, day: str, seconds: int
) -> None:
    """Business time is measured on the time line, not on the wall."""
    calendar = Calendar("Europe/Warsaw", {"sun": (hours,)})
    after = f"{day} 20:00"
    before = {"2026-03-29": "2026-03-28 12:00", "2026-10-25": "2026-10-24 12:00"}[day]
    assert business(evaluate, calendar, before, after) == seconds


def test_a_time_that_repeats_is_open_only_the_first_time(evaluate: Evaluate) -> None:
    """02:00-02:30 is open from 00:00 UTC; half an hour past 01:00 UTC nobody is there."""
    calendar = Calendar("Europe/Warsaw", {"sun": ("02:00-02:30",)})
    assert business(evaluate, calendar, "2026-10-25 00:15", "2026-10-25 01:15") == 900


def test_each_family_has_its_business_time(evaluate: Evaluate) -> None:
    """Monday 11:30 to Tuesday 10:00 in Warsaw; pending on Monday from 12:00 to 16:00."""
    story = Story(
        evaluate,
        """
        09:30     t1  created  queue=tech priority=low
        09:45     t1  reply    ann
        10:00     t1  pending
        14:00     t1  open
        +1 08:00  t1  solved
        """,
        Policy(
            calendars={"office": Calendar("Europe/Warsaw", {"mon-fri": ("09:00-17:00",)})},
            business_calendar="office",
            windows=("7d",),
        ),
    )
    now = story.at("+1 09:00")
    name = "{}_business_time_seconds".format
    assert now.sum(name("first_response"), window="7d") == 900
    assert now.sum(name("reply"), window="7d") == 900
    assert now.sum(name("resolution"), window="7d") == (5.5 + 1) * 3600
    assert now.sum(name("requester_wait"), window="7d") == (0.5 + 1 + 1) * 3600
    assert now.count(name("resolution"), window="7d", queue="tech", priority="low") == 1


def test_nothing_open_is_observed_as_zero(evaluate: Evaluate) -> None:
    """On a Sunday nobody is expected: 0 s, which is not the same as no data. (Pitfall 14.)"""
    office = Calendar("Europe/Warsaw", {"mon-fri": ("09:00-17:00",)})
    assert business(evaluate, office, "2026-05-31 09:00", "2026-05-31 12:00") == 0


def test_without_a_calendar_there_is_no_business_time(evaluate: Evaluate) -> None:
    story = Story(evaluate, "09:00 t1 created\n09:10 t1 reply ann\n09:20 t1 solved")
    assert not any("business" in name for name in story.at("10:00").families())
