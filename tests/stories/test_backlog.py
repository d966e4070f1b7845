"""What stands open at an instant."""

from schemas.policy import Policy
from tests.story import Evaluate, Story


def test_unresolved_tickets_by_status_under_their_values_now(evaluate: Evaluate) -> None:
    story = Story(
        evaluate,
        """
        08:00  t1  created  queue=tech channel=web priority=low
        08:30  t1  pending
        09:00  t1  updated  priority=high
        09:00  t2  created  queue=tech
        09:10  t2  hold
        09:15  t2  new
        09:20  t3  created
        09:25  t3  closed
        """,
    )
    now = story.at("10:00")
    assert now.level("tickets_unresolved") == 2
    assert now.level("tickets_unresolved", status="pending", priority="high", channel="web") == 1
    assert now.level("tickets_unresolved", status="new", queue="tech", priority="none") == 1


def test_ages_run_from_the_creation(evaluate: Evaluate) -> None:
    """A reopened ticket is as old as it was; a minute is within 60 s."""
    story = Story(
        evaluate,
        """
        08:00  t1  created  queue=tech priority=low
        08:10  t1  solved
        09:50  t1  open
        09:59  t2  created  queue=tech priority=low
        """,
    )
    age = "tickets_unresolved_age_seconds"
    now = story.at("10:00")
    assert now.level(age + "_gcount", queue="tech", priority="low") == 2
    assert now.level(age + "_gsum") == 2 * 3600 + 60
    assert now.level(age + "_bucket", le="60.0") == 1
    assert now.level(age + "_bucket", le="3600.0") == 1
    assert now.level(age + "_bucket", le="7200.0") == 2
    assert now.level(age + "_bucket", le="+Inf") == 2


def test_who_waits_and_since_when(evaluate: Evaluate) -> None:
    """The oldest waiting is an instant; 1780304400 is 1 June 2026, 09:00 UTC."""
    story = Story(
        evaluate,
        """
        08:00  t1  created  queue=tech
        08:30  t1  reply    ann
        09:00  t1  writes
        09:30  t2  created  queue=tech
        09:00  t3  created  queue=billing via=agent
        """,
    )
    oldest = "oldest_waiting_timestamp_seconds"
    now = story.at("10:00")
    assert now.level("tickets_waiting", queue="tech") == 2
    assert now.level("tickets_waiting") == 2
    assert now.level(oldest, queue="tech") == 1780304400
    assert now.level(oldest, queue="billing") == 0


def test_targets_and_benchmarks_show_as_configured(evaluate: Evaluate) -> None:
    policy = Policy(
        targets={"csat_mean": 4.5, "unresolved_tickets": {"tech": 200}},
        benchmarks={"csat_mean": {"industry": 4.1}},
    )
    now = Story(evaluate, "", policy).at("10:00")
    assert float(now.level("target", kpi="csat_mean", queue="")) == 4.5
    assert now.level("target", kpi="unresolved_tickets", queue="tech") == 200
    assert float(now.level("benchmark", kpi="csat_mean", source="industry")) == 4.1
