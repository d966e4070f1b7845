"""Service level targets: met, breached, running, overdue."""

from schemas.scalars import DAY, HOUR, MINUTE
from tests.stories.clocks import MIDNIGHT, judged, policy, sla, standing
from tests.story import Evaluate, Story


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
