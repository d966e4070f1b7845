"""Service level targets: met, breached, running, overdue."""

from typing import Any

from schemas.policy import Calendar, Policy, SlaPolicy, SlaTargets
from schemas.scalars import DAY, HOUR, MINUTE
from tests.story import Evaluate, Shown, Story

# 1 June 2026, 00:00 UTC, in seconds.
MIDNIGHT = 1780272000
OFFICE = Calendar("Europe/Warsaw", {"mon-fri": ("09:00-17:00",)})


def sla(
    name: str = "all", *, match: dict[str, tuple[str, ...]] | None = None, **rest: Any
) -> SlaPolicy:
    """Return a policy with the targets among `rest`."""
    names = ("first_response", "next_reply", "resolution")
    targets = SlaTargets(**{target: rest.pop(target) for target in names if target in rest})
    return SlaPolicy(id=name, match=match or {}, targets=targets, **rest)


def policy(*policies: SlaPolicy) -> Policy:
    return Policy(sla=policies, calendars={"office": OFFICE})


def judged(now: Shown, **labels: str) -> tuple[int, int]:
    """Return how many clocks were evaluated and breached within a day."""
    return int(now.value("sla_evaluated", **labels)), int(now.value("sla_breached", **labels))


def standing(now: Shown, **labels: str) -> tuple[int, int, int]:
    """Return how many clocks run, are due soon, are overdue."""
    running = now.level("sla_running", **labels)
    return (
        int(running),
        int(now.level("sla_due_soon", **labels)),
        int(now.level("sla_overdue", **labels)),
    )


def test_a_reply_at_the_very_deadline_is_in_time(evaluate: Evaluate) -> None:
    """A millisecond later it is not; the breach is dated at the deadline."""
    story = Story(
        evaluate,
        """
        09:00         t1  created  queue=tech priority=high
        09:15         t1  reply    ann
        09:00         t2  created  queue=tech priority=high
        09:15:00.001  t2  reply    ann
        """,
        policy(sla(first_response=15 * MINUTE)),
    )
    assert judged(story.at("09:14:59.999")) == (0, 0)
    assert standing(story.at("09:14:59.999")) == (2, 2, 0)
    assert judged(story.at("09:15")) == (2, 1)
    assert standing(story.at("09:15")) == (0, 0, 1)
    later = story.at("10:00")
    assert judged(later, sla="all", target="first_response", queue="tech") == (2, 1)
    assert standing(later) == (0, 0, 0)
    assert judged(story.at("09:21"), window="5m") == (0, 0)


def test_a_breach_needs_no_event(evaluate: Evaluate) -> None:
    """A ticket that nobody touches is breached at its deadline and overdue from then on."""
    story = Story(
        evaluate,
        "09:00 t1 created",
        policy(sla(first_response=HOUR, resolution=4 * HOUR)),
    )
    assert judged(story.at("09:59:59.999")) == (0, 0)
    assert judged(story.at("12:00")) == (1, 1)
    assert standing(story.at("12:00")) == (1, 1, 1)
    assert judged(story.at("13:00")) == (2, 2)
    assert standing(story.at("13:00"), target="resolution") == (0, 0, 1)


def test_due_soon_is_the_last_quarter_unless_configured(evaluate: Evaluate) -> None:
    """The next deadline is the earliest of those that run."""
    story = Story(
        evaluate,
        """
        09:00  t1  created
        09:30  t2  created
        """,
        policy(sla(first_response=HOUR)),
    )
    assert standing(story.at("09:44:59.999")) == (2, 0, 0)
    assert standing(story.at("09:45")) == (2, 1, 0)
    deadline = "sla_next_deadline_timestamp_seconds"
    assert story.at("09:45").level(deadline, sla="all") == MIDNIGHT + 10 * 3600
    assert story.at("10:00").level(deadline) == MIDNIGHT + 10 * 3600 + 1800
    own = Story(
        evaluate, "09:00 t1 created", policy(sla(first_response=HOUR, due_soon=5 * MINUTE))
    )
    assert standing(own.at("09:54:59.999")) == (1, 0, 0)
    assert standing(own.at("09:55")) == (1, 1, 0)


def test_a_solve_ends_a_first_response_clock_for_good(evaluate: Evaluate) -> None:
    """In time it is neither met nor breached, a reply after a reopen is not judged either."""
    story = Story(
        evaluate,
        """
        09:00         t1  created
        09:30         t1  solved
        09:40         t1  open
        12:00         t1  reply    ann
        09:00         t2  created
        10:00         t2  solved
        09:00         t3  created
        10:00:00.001  t3  solved
        """,
        policy(sla(first_response=HOUR)),
    )
    assert judged(story.at("12:30")) == (1, 1)
    assert standing(story.at("12:30")) == (0, 0, 0)


def test_an_agents_ticket_has_no_first_response_clock(evaluate: Evaluate) -> None:
    """But its resolution and the replies to its customer are judged."""
    story = Story(
        evaluate,
        """
        09:00  t1  created  via=agent
        09:10  t1  writes
        09:20  t1  reply    ann
        09:30  t1  solved
        """,
        policy(sla(first_response=MINUTE, next_reply=HOUR, resolution=HOUR)),
    )
    now = story.at("10:00")
    assert judged(now, target="first_response") == (0, 0)
    assert judged(now, target="next_reply") == (1, 0)
    assert judged(now, target="resolution") == (1, 0)


def test_next_reply_judges_each_waiting_but_the_first(evaluate: Evaluate) -> None:
    """A solve in time ends one without judgement, a breach before it stands."""
    story = Story(
        evaluate,
        """
        08:00  t1  created
        08:30  t1  reply    ann
        08:40  t1  writes
        08:50  t1  reply    ann
        09:00  t1  writes
        09:05  t1  solved
        09:10  t1  open
        09:20  t1  writes
        09:41  t1  solved
        """,
        policy(sla(next_reply=20 * MINUTE)),
    )
    assert judged(story.at("09:39")) == (1, 0)
    assert standing(story.at("09:39")) == (1, 1, 0)
    assert judged(story.at("09:40")) == (2, 1)
    assert standing(story.at("09:40")) == (0, 0, 1)
    assert standing(story.at("09:41")) == (0, 0, 0)


def test_next_reply_starts_at_a_reopen_with_an_unanswered_message(evaluate: Evaluate) -> None:
    """From the reopen, not from the message."""
    story = Story(
        evaluate,
        """
        08:00  t1  created
        08:10  t1  solved
        08:20  t1  writes
        09:00  t1  open
        """,
        policy(sla(next_reply=HOUR)),
    )
    assert standing(story.at("09:30")) == (1, 0, 0)
    assert judged(story.at("10:00")) == (1, 1)


def test_pending_pauses_the_resolution_clock_and_hold_does_not(evaluate: Evaluate) -> None:
    """A paused clock has no deadline: it is neither running nor overdue."""
    story = Story(
        evaluate,
        """
        08:00  pause  created
        08:30  pause  pending
        09:30  pause  open
        08:00  hold   created
        08:30  hold   hold
        """,
        policy(sla(resolution=HOUR, first_response=30 * DAY)),
    )
    assert standing(story.at("08:59"), target="resolution") == (1, 1, 0)
    assert judged(story.at("09:00")) == (1, 1)
    assert standing(story.at("09:45"), target="resolution") == (1, 1, 1)
    assert judged(story.at("09:59:59.999")) == (1, 1)
    assert judged(story.at("10:00")) == (2, 2)


def test_pause_on_is_for_resolution_only(evaluate: Evaluate) -> None:
    story = Story(
        evaluate,
        """
        08:00  t1  created
        08:10  t1  pending
        """,
        policy(sla(first_response=HOUR, resolution=HOUR, pause_on=("pending",))),
    )
    assert judged(story.at("09:30"), target="first_response") == (1, 1)
    assert judged(story.at("09:30"), target="resolution") == (0, 0)


def test_used_up_at_the_very_millisecond_of_a_pause_is_no_breach(evaluate: Evaluate) -> None:
    """Resumed with nothing left it is breached at once; at the solve it was met."""
    story = Story(
        evaluate,
        """
        08:00  t1  created
        09:00  t1  pending
        09:30  t1  open
        08:00  t2  created
        09:00  t2  solved
        """,
        policy(sla(resolution=HOUR)),
    )
    assert judged(story.at("09:29")) == (1, 0)
    assert standing(story.at("09:29")) == (0, 0, 0)
    assert judged(story.at("09:30")) == (2, 1)
    assert standing(story.at("09:30")) == (0, 0, 1)


def test_a_reopen_takes_the_met_back_and_goes_on_with_what_is_left(evaluate: Evaluate) -> None:
    """40 minutes used, an hour resolved: 20 minutes are left. (Pitfall 24.)"""
    story = Story(
        evaluate,
        """
        08:00  t1  created
        08:40  t1  solved
        09:40  t1  open
        10:30  t1  solved
        """,
        policy(sla(resolution=HOUR)),
    )
    assert judged(story.at("09:00")) == (1, 0)
    assert judged(story.at("09:40")) == (0, 0)
    assert standing(story.at("09:44")) == (1, 0, 0)
    assert standing(story.at("09:45")) == (1, 1, 0)
    assert judged(story.at("10:00")) == (1, 1)
    assert judged(story.at("11:00")) == (1, 1)


def test_a_breached_resolution_is_overdue_whenever_unresolved(evaluate: Evaluate) -> None:
    """Also while paused, and again after a reopen; a ticket is breached at most once."""
    story = Story(
        evaluate,
        """
        08:00  t1  created
        09:30  t1  pending
        10:00  t1  solved
        11:00  t1  open
        """,
        policy(sla(resolution=HOUR)),
    )
    assert standing(story.at("09:40")) == (0, 0, 1)
    assert standing(story.at("10:30")) == (0, 0, 0)
    assert standing(story.at("11:30")) == (0, 0, 1)
    assert judged(story.at("12:30")) == (1, 1)


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
