"""Mistakes with opening hours, time zones and windows."""

from schemas.policy import Calendar, CalendarWindows, Policy, SlaPolicy, SlaTargets
from schemas.scalars import HOUR
from tests.pitfalls.conftest import Tell

WARSAW = Calendar("Europe/Warsaw", {"mon-fri": ("09:00-17:00",)})
OPEN_RESPONSE = "first_response_business_time_seconds"


def policy(calendar: Calendar) -> Policy:
    return Policy(calendars={"office": calendar}, business_calendar="office")


def test_pitfall_14_without_a_calendar_there_is_no_business_time(tell: Tell) -> None:
    """No sample, rather than a 0 that pulls every mean down."""
    story = tell("09:00 t1 created\n09:30 t1 reply")
    assert not [name for name in story.at("10:00").families() if "business" in name]
    assert story.at("10:00").count("first_response_time_seconds") == 1


def test_pitfall_15_days_have_several_intervals_nights_and_holidays(tell: Tell) -> None:
    """All day is 24 hours, not a minute less."""
    calendar = Calendar(
        "UTC",
        {
            "mon": ("09:00-12:00", "13:00-17:00"),
            "tue": ("22:00-06:00",),
            "thu-sun": ("00:00-24:00",),
        },
        ("2026-06-06",),
    )
    story = tell("00:00 t1 created\n+7 00:00 t1 reply", policy(calendar))
    # Monday 7 h, Tuesday night 8 h, Thursday, Friday and Sunday; Saturday is a holiday.
    assert story.at("+7 00:00").sum(OPEN_RESPONSE) == (7 + 8 + 3 * 24) * 3600


def test_pitfall_16_a_zone_is_no_offset_of_today(tell: Tell) -> None:
    """The same local hours before and after clocks change, an hour apart in UTC."""
    story = tell(
        """
        2026-03-27 07:00  t1  created
        2026-03-27 09:00  t1  reply
        2026-03-30 07:00  t2  created
        2026-03-30 09:00  t2  reply
        """,
        policy(WARSAW),
    )
    assert story.at("2026-03-27 12:00").sum(OPEN_RESPONSE) == 3600
    assert story.at("2026-03-30 12:00").sum(OPEN_RESPONSE) == 2 * 3600


def test_pitfall_17_a_window_ends_at_t_and_has_no_extra_day(tell: Tell) -> None:
    """One millisecond before the window, or after t, is outside."""
    story = tell(
        """
        09:00            t1  created
        08:59:59.999     t2  created
        +1 08:45         t3  created
        +1 08:45:00.001  t4  created
        """,
        Policy(calendar_windows=CalendarWindows("UTC")),
    )
    # Panes of a quarter of an hour: at 08:45 the window of a day begins at 09:00 the day before.
    now = story.at("+1 08:45")
    assert now.value("tickets_opened", window="1d") == 2
    assert now.value("tickets_opened", window="today") == 1


def test_pitfall_18_each_policy_counts_in_its_own_calendar(tell: Tell) -> None:
    """A ticket that changes to another policy is judged by that one's hours, from its start."""
    always = Calendar("UTC", {"mon-sun": ("00:00-24:00",)})
    targets = SlaTargets(first_response=4 * HOUR)
    levels = (
        SlaPolicy(id="day", match={"priority": ("low",)}, targets=targets, calendar="office"),
        SlaPolicy(id="always", targets=targets, calendar="always"),
    )
    story = tell(
        """
        +4 14:00  t1  created  priority=low
        +4 14:00  t2  created
        +4 16:00  t3  created  priority=low
        +4 19:00  t3  updated  priority=high
        """,
        Policy(calendars={"office": WARSAW, "always": always}, sla=levels),
    )
    saturday = story.at("+5 00:00")
    assert saturday.value("sla_breached", sla="always") == 2
    assert saturday.value("sla_breached", sla="day") == 0
    # Friday 16:00 to 17:00 in Warsaw, and three hours on Monday.
    assert story.at("+7 09:59").value("sla_breached", sla="day", window="7d") == 0
    assert story.at("+7 10:00").value("sla_breached", sla="day", window="7d") == 1


def test_pitfall_19_a_deadline_skips_the_weekend(tell: Tell) -> None:
    """An hour from Friday 16:30 is Monday 09:30."""
    level = SlaPolicy(id="hour", targets=SlaTargets(first_response=HOUR), calendar="office")
    story = tell("+4 14:30 t1 created", Policy(calendars={"office": WARSAW}, sla=(level,)))
    monday = 1_780_272_000 + 7 * 86_400
    assert story.at("+5 12:00").level("sla_next_deadline_timestamp_seconds") == monday + 27_000
    assert story.at("+7 07:29:59.999").level("sla_running") == 1
    assert story.at("+7 07:30").level("sla_overdue") == 1
