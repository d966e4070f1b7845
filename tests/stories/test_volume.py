"""How many tickets come, and under which labels."""

import pytest

from schemas.policy import Dimensions, Policy
from tests.story import Evaluate, Story


def test_a_ticket_counts_at_its_creation_under_its_values(evaluate: Evaluate) -> None:
    story = Story(
        evaluate,
        """
        09:00  t1  created  queue=tech channel=web priority=low topic=login
        09:40  t2  created  queue=tech channel=web priority=low topic=invoice
        09:40  t3  created
        """,
    )
    now = story.at("10:00")
    assert now.value("tickets_opened", queue="tech", channel="web", priority="low") == 2
    assert now.value("tickets_opened", queue="none", channel="none", priority="none") == 1
    assert now.value("tickets_opened", window="1h", queue="tech") == 1
    assert now.value("tickets_opened_by_topic", topic="login") == 1
    assert now.value("tickets_opened_by_topic", topic="none") == 1


def test_a_value_that_is_too_long_for_a_label_is_other(evaluate: Evaluate) -> None:
    """200 bytes are taken; the ticket counts all the same."""
    longest, longer = "ä" * 100, "ä" * 100 + "x"
    story = Story(
        evaluate,
        f"""
        09:00  t1  created  queue={longest}
        09:00  t2  created  queue={longer}
        09:00  m1  mention  network={longer} sentiment=neutral
        """,
    )
    now = story.at("10:00")
    assert now.labels("tickets_opened", "queue") == {longest, "other"}
    assert now.labels("mentions", "network") == {"other"}


def test_a_creation_carries_the_first_value_set_later(evaluate: Evaluate) -> None:
    """None was set by then, so the first one set later; a change after that shows nothing."""
    story = Story(
        evaluate,
        """
        09:00  t1  created   channel=web
        09:05  t1  assigned  queue=billing
        09:10  t1  updated   priority=high
        09:20  t1  updated   channel=email priority=low queue=tech
        """,
    )
    assert story.at("09:00").value("tickets_opened", queue="none", channel="web") == 1
    later = story.at("10:00")
    assert later.value("tickets_opened", queue="billing", channel="web", priority="high") == 1
    assert later.value("tickets_opened") == 1


def test_a_value_taken_away_is_none(evaluate: Evaluate) -> None:
    """A null is not followed by a look ahead, but a null that takes nothing away is."""
    story = Story(
        evaluate,
        """
        09:00  t1  created    queue=tech
        09:10  t1  assigned   queue=null
        09:20  t1  escalated
        09:30  t1  assigned   queue=billing
        09:00  t2  created
        09:10  t2  assigned   queue=null
        09:20  t2  escalated
        09:30  t2  assigned   queue=billing
        """,
    )
    now = story.at("10:00")
    assert now.value("ticket_escalations", queue="none") == 1
    assert now.value("ticket_escalations", queue="billing") == 1


def test_a_value_at_x_is_that_after_all_events_of_x(evaluate: Evaluate) -> None:
    """Also after those that come later in the ticket's order."""
    story = Story(
        evaluate,
        """
        09:00  t1  created    queue=tech @id=b
        09:00  t1  updated    queue=billing @id=c
        09:30  t1  escalated  @id=d
        09:30  t1  assigned   queue=vip @id=e
        """,
    )
    now = story.at("10:00")
    assert now.value("tickets_opened", queue="billing") == 1
    assert now.value("ticket_escalations", queue="vip") == 1


def test_steps_before_the_creation_are_taken_at_the_creation(evaluate: Evaluate) -> None:
    """What happened before it carries the first value that the ticket was given."""
    story = Story(
        evaluate,
        """
        09:00  t1  created    queue=tech
        08:00  t1  updated    queue=billing
        08:30  t1  escalated
        """,
    )
    now = story.at("10:00")
    assert now.value("tickets_opened", queue="billing") == 1
    assert now.labels("ticket_escalations", "queue") == {"tech"}


def test_values_outside_a_list_are_other(evaluate: Evaluate) -> None:
    """A list that is not configured takes every value."""
    story = Story(
        evaluate,
        """
        09:00  t1  created  queue=tech channel=web topic=login
        09:00  t2  created  queue=laundry channel=fax
        """,
        Policy(dimensions=Dimensions(queue=("tech",), topic=("invoice",))),
    )
    now = story.at("10:00")
    assert now.labels("tickets_opened", "queue") == {"tech", "other"}
    assert now.labels("tickets_opened", "channel") == {"web", "fax"}
    assert now.labels("tickets_opened_by_topic", "topic") == {"other", "none"}


def test_the_earliest_of_several_creations_counts(evaluate: Evaluate) -> None:
    """The others count as updated; their `via` is ignored."""
    story = Story(
        evaluate,
        """
        09:30  t1  created  queue=billing via=agent
        09:00  t1  created  via=customer
        09:10  t1  reply    ann
        """,
    )
    now = story.at("10:00")
    assert now.value("tickets_opened") == 1
    assert now.value("tickets_opened", queue="billing") == 1
    assert now.sum("first_response_time_seconds") == 600


def test_a_ticket_without_creation_counts_only_as_incomplete(evaluate: Evaluate) -> None:
    story = Story(
        evaluate,
        """
        09:00  t1  reply    ann
        09:10  t1  solved
        09:20  s1  answered  kind=csat score=5 ticket=t1
        09:00  t2  writes
        09:01  t2  spam
        09:50  t1  created
        """,
    )
    before = story.at("09:40")
    assert before.level("pipeline_tickets_incomplete") == 1
    assert before.families() == {"helpdesk_pipeline_tickets_incomplete"}
    assert story.at("09:50").level("pipeline_tickets_incomplete") == 0
    assert story.at("09:50").count("csat_score") == 1


def test_windows_begin_at_a_pane_and_end_at_the_instant(evaluate: Evaluate) -> None:
    """At 12:07 the day begins at 12:15 the day before: its panes are 15 minutes wide."""
    story = Story(
        evaluate,
        """
        -1 12:14:59.999  t1  created
        -1 12:15         t2  created
        12:07            t3  created
        12:07:00.001     t4  created
        """,
    )
    now = story.at("12:07")
    assert now.value("tickets_opened", window="1d") == 2
    assert now.value("tickets_opened", window="7d") == 3
    assert now.value("tickets_opened", window="1h") == 1


@pytest.mark.parametrize(
    ("window", "inside", "outside"),
    [
        ("5m", "11:55:05", "11:55:04.999"),
        ("30m", "11:30:15", "11:30:14.999"),
        ("1h", "11:01", "11:00:59.999"),
        ("2h", "10:01", "10:00:59.999"),
        ("6h", "06:05", "06:04:59.999"),
        ("1d", "-1 12:15", "-1 12:14:59.999"),
        ("3d", "-3 13:00", "-3 12:59:59.999"),
        ("7d", "-7 13:00", "-7 12:59:59.999"),
        ("30d", "-30 18:00", "-30 17:59:59.999"),
        ("90d", "-89 00:00", "-90 23:59:59.999"),
    ],
)
def test_every_window_has_its_pane(
    evaluate: Evaluate, window: str, inside: str, outside: str
) -> None:
    """A window begins W before the end of the current pane, not a millisecond earlier."""
    table = f"{inside} t1 created\n{outside} t2 created"
    story = Story(evaluate, table, Policy(windows=(window,)))
    assert story.at("12:00").value("tickets_opened", window=window) == 1


def test_a_previous_window_ends_where_the_current_one_begins(evaluate: Evaluate) -> None:
    """It shows what is known now about then."""
    story = Story(
        evaluate,
        """
        -2 12:14:59.999  t1  created
        -2 12:15         t2  created
        -1 12:14:59.999  t3  created
        -1 12:15         t4  created
        11:00            t2  spam
        """,
        Policy(previous_windows=("1d",)),
    )
    assert story.at("10:59").previous("tickets_opened") == 2
    assert story.at("12:07").previous("tickets_opened") == 1
    assert story.at("12:07").value("tickets_opened") == 1


def test_nothing_is_shown_of_what_has_not_happened(evaluate: Evaluate) -> None:
    """Events later than the instant have no effect, absent numbers are no zeros."""
    story = Story(evaluate, "10:00 t1 created")
    assert story.at("09:59").families() == set()
