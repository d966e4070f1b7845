"""How long it takes until a ticket is resolved."""

from tests.story import Evaluate, Story

RESOLUTION = "resolution_time_seconds"
FIRST = "first_resolution_time_seconds"
WAIT = "requester_wait_time_seconds"
WORK = "agent_work_time_seconds"
PENDING = "customer_wait_time_seconds"
HANDLE = "handle_time_seconds"


def test_times_in_statuses_add_up(evaluate: Evaluate) -> None:
    """10 min new, 20 min open, 30 min pending, 40 min on hold, 5 min open, then solved."""
    story = Story(
        evaluate,
        """
        08:00  t1  created  queue=tech priority=low
        08:10  t1  open
        08:30  t1  pending
        09:00  t1  hold
        09:40  t1  open
        09:45  t1  solved
        10:30  t1  closed
        """,
    )
    now = story.at("11:00")
    assert now.sum(RESOLUTION, queue="tech", priority="low") == 105 * 60
    assert now.sum(WAIT) == (10 + 20 + 40 + 5) * 60
    assert now.sum(WORK) == (10 + 20 + 5) * 60
    assert now.sum(PENDING) == 30 * 60
    assert now.sum(HANDLE) == 0
    assert now.count(HANDLE) == now.count(PENDING) == 1


def test_handle_time_needs_an_agent_who_has_the_ticket(evaluate: Evaluate) -> None:
    """Open and assigned: 08:10 to 08:20, and 08:50 to 09:00; not while pending or with nobody."""
    story = Story(
        evaluate,
        """
        08:00  t1  created
        08:10  t1  assigned  agent=ann
        08:20  t1  assigned  agent=null
        08:30  t1  pending
        08:40  t1  assigned  agent=bob
        08:50  t1  open
        09:00  t1  solved
        """,
    )
    assert story.at("10:00").sum(HANDLE) == 20 * 60


def test_a_reopened_ticket_takes_its_resolution_back(evaluate: Evaluate) -> None:
    """One ticket is one observation, from its creation to the last solve. (Pitfall 6.)"""
    story = Story(
        evaluate,
        """
        09:00  t1  created
        09:30  t1  solved
        11:00  t1  open
        12:00  t1  solved
        """,
    )
    assert story.at("10:00").value("tickets_resolved") == 1
    reopened = story.at("11:30")
    assert reopened.value("tickets_resolved") == reopened.count(RESOLUTION) == 0
    assert reopened.count(FIRST) == 1
    now = story.at("13:00")
    assert (now.count(RESOLUTION), now.sum(RESOLUTION)) == (1, 3 * 3600)
    assert (now.count(FIRST), now.sum(FIRST)) == (1, 1800)
    assert now.sum(WORK) == (30 + 60) * 60


def test_reopens_count_each_tickets_once(evaluate: Evaluate) -> None:
    story = Story(
        evaluate,
        """
        09:00  t1  created  channel=web
        09:10  t1  solved
        09:20  t1  open
        09:30  t1  closed
        09:40  t1  pending
        09:50  t1  hold
        """,
    )
    now = story.at("10:00")
    assert now.value("ticket_reopens", channel="web") == 2
    assert now.value("tickets_reopened", channel="web") == 1


def test_a_solve_before_the_creation_gives_no_durations(evaluate: Evaluate) -> None:
    """It is a solve at its own time; what is negative is an anomaly, once for each duration."""
    story = Story(
        evaluate,
        """
        09:00  t1  created  queue=tech
        08:30  t1  solved
        """,
    )
    now = story.at("10:00")
    assert now.value("tickets_resolved", queue="tech") == 1
    assert now.count("replies_to_resolution") == 1
    for family in (RESOLUTION, FIRST, WAIT, WORK, PENDING, HANDLE):
        assert now.count(family) == 0, family
    assert now.value("anomalies", reason="negative_resolution_time") == 1
    assert now.value("anomalies", reason="negative_first_resolution_time") == 1
    assert now.value("anomalies") == 2
    assert now.level("tickets_unresolved") == 0


def test_a_status_before_the_creation_holds_from_the_creation(evaluate: Evaluate) -> None:
    """Pending since 08:50 is pending from 09:00 on."""
    story = Story(
        evaluate,
        """
        09:00  t1  created
        08:50  t1  pending
        09:20  t1  solved
        """,
    )
    now = story.at("10:00")
    assert now.sum(PENDING) == 20 * 60
    assert now.sum(WORK) == 0


def test_a_solve_at_the_creation_is_observed_as_zero(evaluate: Evaluate) -> None:
    story = Story(
        evaluate,
        """
        09:00  t1  created
        09:00  t1  solved
        """,
    )
    now = story.at("10:00")
    assert (now.count(RESOLUTION), now.sum(RESOLUTION)) == (1, 0)
    assert now.within(RESOLUTION, "60.0") == 1
