"""How soon people answer."""

from tests.story import Evaluate, Story

FIRST = "first_response_time_seconds"
HANDOFF = "first_response_from_handoff_time_seconds"
REPLY = "reply_time_seconds"


def test_only_a_public_message_of_an_agent_is_a_first_response(evaluate: Evaluate) -> None:
    """Bots, the system, private notes, assignments and changes of status are none."""
    story = Story(
        evaluate,
        """
        09:00  t1  created   queue=tech priority=high
        09:01  t1  bot
        09:02  t1  system
        09:03  t1  note      ann
        09:04  t1  open      by=agent agent=ann
        09:05  t1  assigned  agent=ann
        09:12  t1  reply     ann
        09:40  t1  reply     bob
        """,
    )
    assert story.at("09:11").count(FIRST) == 0
    now = story.at("10:00")
    assert now.count(FIRST, queue="tech", priority="high") == 1
    assert now.sum(FIRST) == 720
    assert [now.within(FIRST, le) for le in ("300.0", "900.0", "+Inf")] == [0, 1, 1]


def test_a_bound_belongs_to_its_bucket(evaluate: Evaluate) -> None:
    """A duration of exactly five minutes is within 300 s; a millisecond more is not."""
    story = Story(
        evaluate,
        """
        09:00         t1  created
        09:05         t1  reply
        09:00         t2  created
        09:05:00.001  t2  reply
        09:00         t3  created
        09:00         t3  reply
        """,
    )
    now = story.at("10:00")
    assert now.within(FIRST, "60.0") == 1
    assert now.within(FIRST, "300.0") == 2
    assert now.count(FIRST) == 3
    assert float(now.sum(FIRST)) == 600.001


def test_a_first_response_carries_the_values_of_its_time(evaluate: Evaluate) -> None:
    story = Story(
        evaluate,
        """
        09:00  t1  created   queue=tech priority=low
        09:05  t1  updated   priority=high
        09:10  t1  reply     ann
        09:20  t1  updated   priority=urgent
        """,
    )
    assert story.at("10:00").count(FIRST, queue="tech", priority="high") == 1


def test_nobody_waits_for_a_first_response_to_an_agents_ticket(evaluate: Evaluate) -> None:
    """But a system's ticket has one, without a customer who waits."""
    story = Story(
        evaluate,
        """
        09:00  t1  created  via=agent
        09:10  t1  reply    ann
        09:00  t2  created  via=system
        09:20  t2  reply    ann
        """,
    )
    now = story.at("10:00")
    assert (now.count(FIRST), now.sum(FIRST)) == (1, 1200)
    assert now.count(REPLY) == 0


def test_a_reply_before_the_creation_is_an_anomaly(evaluate: Evaluate) -> None:
    """It uses up the first reply and ends the waiting; both durations are negative."""
    story = Story(
        evaluate,
        """
        09:00  t1  created
        08:59  t1  reply    ann
        09:30  t1  reply    ann
        """,
    )
    now = story.at("10:00")
    assert now.count(FIRST) == now.count(REPLY) == 0
    assert now.value("anomalies", reason="negative_first_response_time") == 1
    assert now.value("anomalies", reason="negative_reply_time") == 1


def test_a_handoff_starts_a_clock_of_its_own(evaluate: Evaluate) -> None:
    """From the first handoff to an agent to the first reply after it, for any ticket."""
    story = Story(
        evaluate,
        """
        09:00  t1  created  bot=true
        09:01  t1  bot
        09:02  t1  reply    ann
        09:10  t1  handoff  to=bot
        09:20  t1  handoff
        09:25  t1  handoff
        09:30  t1  reply    ann
        09:40  t1  reply    ann
        09:00  t2  created  via=agent
        09:10  t2  handoff
        09:11  t2  reply    bob
        """,
    )
    now = story.at("10:00")
    assert now.count(HANDOFF) == 2
    assert now.sum(HANDOFF) == 600 + 60
    assert now.value("bot_handoffs") == 3


def test_the_oldest_unanswered_message_waits(evaluate: Evaluate) -> None:
    """Several messages before a reply are one waiting, several replies in a row end one."""
    story = Story(
        evaluate,
        """
        09:00  t1  created
        09:02  t1  writes
        09:04  t1  reply   ann
        09:05  t1  reply   ann
        09:10  t1  writes
        09:20  t1  writes
        09:25  t1  writes  public=false
        09:40  t1  reply   ann
        """,
    )
    now = story.at("10:00")
    assert now.count(REPLY) == 2
    assert now.sum(REPLY) == 4 * 60 + 30 * 60


def test_a_solve_ends_a_waiting_unobserved(evaluate: Evaluate) -> None:
    """A reopen without a word from the customer starts none."""
    story = Story(
        evaluate,
        """
        09:00  t1  created
        09:10  t1  solved
        09:20  t1  open
        09:30  t1  reply   ann
        """,
    )
    now = story.at("10:00")
    assert now.count(REPLY) == 0
    assert (now.count(FIRST), now.sum(FIRST)) == (1, 1800)


def test_a_thank_you_on_a_resolved_ticket_starts_nothing(evaluate: Evaluate) -> None:
    story = Story(
        evaluate,
        """
        09:00  t1  created
        09:10  t1  reply   ann
        09:10  t1  solved
        09:20  t1  writes
        """,
    )
    now = story.at("10:00")
    assert now.count(REPLY) == 1
    assert now.level("tickets_waiting") == 0


def test_a_message_before_a_reopen_waits_from_the_reopen(evaluate: Evaluate) -> None:
    """Not from the message, and not from before the silence. (Pitfall 3.)"""
    story = Story(
        evaluate,
        """
        09:00     t1  created
        09:10     t1  reply   ann
        09:20     t1  solved
        +3 09:00  t1  writes
        +3 09:05  t1  open    by=system
        +3 09:15  t1  reply   ann
        """,
    )
    assert story.at("+3 09:10").level("tickets_waiting") == 1
    now = story.at("+3 10:00")
    assert (now.count(REPLY), now.sum(REPLY)) == (1, 600)


def test_an_answered_thank_you_does_not_wait_at_the_reopen(evaluate: Evaluate) -> None:
    """A reply came since the message; a message before the solve does not count either."""
    story = Story(
        evaluate,
        """
        09:00  t1  created
        09:10  t1  solved
        09:20  t1  writes
        09:21  t1  reply   ann
        09:30  t1  open
        09:00  t2  created
        09:01  t2  reply   ann
        09:02  t2  writes
        09:03  t2  solved
        09:04  t2  open
        """,
    )
    assert story.at("10:00").level("tickets_waiting") == 0


def test_a_closed_ticket_counts_the_message_after_its_solve(evaluate: Evaluate) -> None:
    """Solved -> closed is no new solve, so a message between them still waits at the reopen."""
    story = Story(
        evaluate,
        """
        09:00  t1  created
        09:10  t1  solved
        09:20  t1  writes
        09:30  t1  closed
        09:40  t1  open
        09:45  t1  reply   ann
        """,
    )
    now = story.at("10:00")
    assert (now.count(REPLY), now.sum(REPLY)) == (1, 300)


def test_a_message_counts_for_one_reopen_only(evaluate: Evaluate) -> None:
    """The solve after it ends its waiting; the next reopen needs a message of its own."""
    story = Story(
        evaluate,
        """
        09:00  t1  created
        09:10  t1  solved
        09:20  t1  writes
        09:30  t1  open
        09:40  t1  solved
        09:50  t1  open
        """,
    )
    assert story.at("09:35").level("tickets_waiting") == 1
    assert story.at("10:00").level("tickets_waiting") == 0


def test_events_of_one_instant_go_by_sequence_then_source_then_id(evaluate: Evaluate) -> None:
    """The reply of sequence 2 ends the waiting that the message of sequence 1 started."""
    story = Story(
        evaluate,
        """
        09:00  t1  created  via=system
        09:10  t1  reply    ann  @sequence=2 @id=a
        09:10  t1  writes        @sequence=1 @id=b
        09:00  t2  created  via=system
        09:10  t2  writes        @sequence=2 @id=a
        09:10  t2  reply    ann  @sequence=10 @id=b
        """,
    )
    now = story.at("10:00")
    assert (now.count(REPLY), now.sum(REPLY)) == (1, 0)
    assert now.level("tickets_waiting") == 1
