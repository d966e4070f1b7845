"""Which policy judges a ticket, on which clock, and in which windows."""

from schemas.policy import Policy
from schemas.scalars import DAY, HOUR, MINUTE
from tests.stories.clocks import MIDNIGHT, judged, policy, sla, standing
from tests.story import Evaluate, Story


def test_the_first_policy_that_matches_applies(evaluate: Evaluate) -> None:
    """By values set by then: what is unset matches nothing, and nothing set later."""
    story = Story(
        evaluate,
        """
        08:00  urgent  created  priority=urgent
        08:10  urgent  reply    ann
        08:00  unset   created
        08:10  unset   reply    ann
        08:20  unset   updated  priority=urgent
        """,
        policy(
            sla("urgent", match={"priority": ("urgent",)}, first_response=5 * MINUTE),
            sla("rest", first_response=HOUR),
        ),
    )
    now = story.at("09:00")
    assert judged(now, sla="urgent", priority="urgent") == (1, 1)
    assert judged(now, sla="rest", priority="urgent") == (1, 0)


def test_a_change_of_policy_moves_the_deadline_but_not_into_the_past(evaluate: Evaluate) -> None:
    """To start + new target, not earlier than the change; a breach before the change stands."""
    story = Story(
        evaluate,
        """
        08:00  sooner  created
        08:10  sooner  updated  priority=urgent
        08:00  now     created
        08:30  now     updated  priority=urgent
        08:00  stands  created  priority=urgent
        08:30  stands  updated  priority=low
        """,
        policy(
            sla("urgent", match={"priority": ("urgent",)}, first_response=20 * MINUTE),
            sla("rest", first_response=HOUR),
        ),
    )
    assert judged(story.at("08:19:59.999")) == (0, 0)
    assert judged(story.at("08:20"), sla="urgent") == (2, 2)
    assert judged(story.at("08:29:59.999")) == (2, 2)
    assert judged(story.at("08:30"), sla="urgent") == (3, 3)
    late = story.at("10:00")
    assert judged(late) == (3, 3)
    assert standing(late, sla="urgent") == (0, 0, 3)
    assert standing(late, sla="urgent", priority="low") == (0, 0, 1)


def test_no_target_in_force_at_the_fulfilment_is_not_judged(evaluate: Evaluate) -> None:
    story = Story(
        evaluate,
        """
        08:00  t1  created  priority=urgent
        08:10  t1  updated  priority=low
        08:15  t1  reply    ann
        """,
        policy(
            sla("urgent", match={"priority": ("urgent",)}, first_response=HOUR),
            sla("rest", resolution=HOUR),
        ),
    )
    assert judged(story.at("08:30")) == (0, 0)


def test_the_policy_of_the_fulfilment_is_that_after_its_instant(evaluate: Evaluate) -> None:
    """Also if the change comes later in the ticket's order."""
    story = Story(
        evaluate,
        """
        08:00  t1  created
        08:10  t1  reply    ann              @sequence=1
        08:10  t1  updated  priority=urgent  @sequence=2
        """,
        policy(
            sla("urgent", match={"priority": ("urgent",)}, first_response=HOUR),
            sla("rest", first_response=HOUR),
        ),
    )
    now = story.at("08:30")
    assert judged(now, sla="urgent", priority="urgent") == (1, 0)
    assert judged(now) == (1, 0)


def test_a_policy_is_effective_for_tickets_created_in_its_time(evaluate: Evaluate) -> None:
    """From is inside, to is outside; a later policy of another id takes over."""
    nine = MIDNIGHT * 1000 + 9 * HOUR
    story = Story(
        evaluate,
        """
        08:59:59.999  t1  created
        09:00         t2  created
        09:30         t3  created
        """,
        policy(
            sla("old", first_response=DAY, effective_to=nine),
            sla("new", first_response=DAY, effective_from=nine, effective_to=nine + 30 * MINUTE),
        ),
    )
    now = story.at("10:00")
    assert standing(now, sla="old")[0] == 1
    assert standing(now, sla="new")[0] == 1
    assert standing(now)[0] == 2


def test_times_before_the_creation_are_taken_at_the_creation(evaluate: Evaluate) -> None:
    """A reply before it fulfils at once; a status before it pauses from the start."""
    story = Story(
        evaluate,
        """
        09:00  t1  created
        08:30  t1  reply    ann
        08:40  t1  pending
        """,
        policy(sla(first_response=MINUTE, resolution=MINUTE)),
    )
    now = story.at("09:30")
    assert judged(now, target="first_response") == (1, 0)
    assert judged(now, target="resolution") == (0, 0)
    assert standing(now) == (0, 0, 0)


def test_a_waiting_before_the_creation_is_judged_from_the_creation(evaluate: Evaluate) -> None:
    story = Story(
        evaluate,
        """
        09:00  t1  created  via=agent
        08:30  t1  writes
        """,
        policy(sla(next_reply=HOUR)),
    )
    assert standing(story.at("09:40")) == (1, 0, 0)
    assert judged(story.at("09:59:59.999")) == (0, 0)
    assert judged(story.at("10:00")) == (1, 1)


def test_service_levels_keep_their_own_windows(evaluate: Evaluate) -> None:
    """5m to 30d, whatever is configured for the other families."""
    story = Story(
        evaluate,
        """
        09:00  t1  created
        09:01  t1  reply    ann
        """,
        Policy(windows=("90d",), previous_windows=("5m", "90d"), sla=(sla(first_response=HOUR),)),
    )
    now = story.at("09:03")
    windows = {"5m", "30m", "1h", "2h", "6h", "1d", "3d", "7d", "30d"}
    assert now.labels("sla_evaluated", "window") == windows
    later = story.at("09:08")
    assert later.previous("sla_evaluated", window="5m") == 1
    assert "helpdesk_previous_sla_evaluated" not in now.families()
    far = story.at("+95 09:00").families()
    assert "helpdesk_previous_sla_evaluated" not in far


def test_objectives_and_targets_show_as_configured(evaluate: Evaluate) -> None:
    now = Story(evaluate, "", policy(sla(objective=0.95, first_response=90_500))).at("09:00")
    assert float(now.level("sla_objective_ratio", sla="all")) == 0.95
    assert float(now.level("sla_target_seconds", sla="all", target="first_response")) == 90.5


def test_a_target_counts_open_time(evaluate: Evaluate) -> None:
    """Friday 16:30 plus one hour is Monday 09:30 in Warsaw, 07:30 UTC. (Pitfall 19.)"""
    story = Story(
        evaluate,
        """
        -3 14:30      late  created
        07:30:00.001  late  reply    ann
        -3 14:30      met   created
        07:30         met   reply    ann
        """,
        policy(sla(first_response=HOUR, calendar="office")),
    )
    assert standing(story.at("-1 12:00")) == (2, 0, 0)
    assert standing(story.at("07:15")) == (2, 2, 0)
    assert judged(story.at("07:30")) == (2, 1)


def test_a_target_is_used_up_when_the_office_closes(evaluate: Evaluate) -> None:
    """Friday 16:00 plus one hour is Friday 17:00, not Monday 09:00; a day is 24 h of open time."""
    story = Story(
        evaluate,
        """
        -3 14:00      t1  created
        -3 15:00:01   t1  reply    ann
        -7 07:00      t2  created  # Monday 09:00: 24 h are three working days
        """,
        policy(sla(first_response=HOUR, resolution=DAY, calendar="office")),
    )
    assert judged(story.at("-3 15:00"), target="first_response", window="1h") == (1, 1)
    assert judged(story.at("-5 14:59:59.999"), target="resolution") == (0, 0)
    assert judged(story.at("-5 15:00"), target="resolution") == (1, 1)


def test_pauses_and_closing_times_both_stop_the_clock(evaluate: Evaluate) -> None:
    """Half an hour used on Friday, pending until Tuesday 10:00: half an hour left from there."""
    story = Story(
        evaluate,
        """
        -3 14:00   t1  created
        -3 14:30   t1  pending
        +1 08:00   t1  open
        """,
        policy(sla(resolution=HOUR, calendar="office")),
    )
    assert standing(story.at("+1 08:00")) == (1, 0, 0)
    assert standing(story.at("+1 08:15")) == (1, 1, 0)
    assert judged(story.at("+1 08:30")) == (1, 1)
