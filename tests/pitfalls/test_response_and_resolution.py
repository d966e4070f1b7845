"""Mistakes with response and resolution clocks, as other products made them."""

from schemas.policy import Policy
from tests.pitfalls.conftest import Tell

FIRST = "first_response_time_seconds"
REPLY = "reply_time_seconds"
RESOLUTION = "resolution_time_seconds"
HANDLE = "handle_time_seconds"


def test_pitfall_01_bot_reply_is_no_first_response(tell: Tell) -> None:
    """The person who answers ten minutes after the bot responds first."""
    story = tell("09:00 t1 created bot=true\n09:00 t1 bot\n09:10 t1 reply ann")
    assert story.at("09:05").count(FIRST) == 0
    assert story.at("10:00").sum(FIRST) == 600


def test_pitfall_02_a_reopen_after_a_bots_solve_has_a_clock_of_its_own(tell: Tell) -> None:
    """Bot solves, customer comes back days later, a person answers within minutes.

    Minutes are what reply time and response from hand-off show; the ticket's first response is
    that reply too, once, from its creation.
    """
    story = tell(
        """
        09:00     t1  created  bot=true
        09:00     t1  bot
        09:01     t1  solved   by=bot
        +4 09:00  t1  writes
        +4 09:00  t1  open     by=customer
        +4 09:01  t1  handoff
        +4 09:05  t1  reply    ann
        """
    )
    now = story.at("+4 10:00")
    assert (now.count(REPLY), now.sum(REPLY)) == (1, 300)
    assert now.sum("first_response_from_handoff_time_seconds") == 240
    assert now.count(FIRST) == 1


def test_pitfall_03_a_reopen_forgets_the_old_waiting(tell: Tell) -> None:
    """Waiting that a solve ended does not go on eleven days later."""
    story = tell(
        """
        09:00      t1  created
        09:05      t1  solved  by=agent
        +11 09:00  t1  writes
        +11 09:00  t1  open    by=system
        +11 09:02  t1  reply   ann
        """
    )
    now = story.at("+11 10:00")
    assert (now.count(REPLY), now.sum(REPLY)) == (1, 120)


def test_pitfall_04_a_private_note_is_no_reply(tell: Tell) -> None:
    """It ends no waiting, is no first response and no touch that the customer sees."""
    story = tell("09:00 t1 created\n09:01 t1 note ann\n09:30 t1 solved by=agent")
    now = story.at("10:00")
    assert now.count(FIRST) == now.count(REPLY) == 0
    assert now.value("tickets_resolved_replied") == now.value("tickets_resolved_one_touch") == 0
    assert now.value("tickets_resolved") == 1
    assert now.within("replies_to_resolution", "0.0") == 1


def test_pitfall_05_a_ticket_that_an_agent_opens_has_no_first_response(tell: Tell) -> None:
    """No zero, no negative time, no breach; the customer's answer starts a reply clock."""
    story = tell(
        """
        09:00  t1  created  via=agent
        09:00  t1  reply    ann
        09:20  t1  writes
        09:25  t1  reply    ann
        """
    )
    now = story.at("10:00")
    assert now.count(FIRST) == now.value("anomalies") == 0
    assert (now.count(REPLY), now.sum(REPLY)) == (1, 300)


def test_pitfall_06_a_ticket_that_is_solved_again_is_one_observation(tell: Tell) -> None:
    """Only the standing solve counts; reopens and reopened tickets are two families."""
    story = tell(
        """
        09:00  t1  created
        10:00  t1  solved
        11:00  t1  open
        12:00  t1  solved
        13:00  t1  open
        14:00  t1  solved
        """
    )
    now = story.at("15:00")
    assert (now.count(RESOLUTION), now.sum(RESOLUTION)) == (1, 5 * 3600)
    assert now.value("tickets_resolved") == 1
    assert (now.value("ticket_reopens"), now.value("tickets_reopened")) == (2, 1)
    assert now.sum("first_resolution_time_seconds") == 3600


def test_pitfall_07_parts_and_wholes_are_of_the_same_tickets(tell: Tell) -> None:
    """Whatever the window: what is part of the resolved never exceeds the resolved."""
    lines = [
        f"{day:+} 0{hour}:00 t{day} {verb}"
        for day in range(9)
        for hour, verb in ((1, "created"), (2, "reply ann"), (5, "solved by=agent"))
        if (day + hour) % 4
    ]
    story = tell("\n".join(lines))
    parts = ("tickets_resolved_replied", "tickets_resolved_one_touch", "fcr_marked")
    for when in ("+2 06:00", "+8 03:00", "+9 00:00"):
        now = story.at(when)
        for window in ("1h", "1d", "7d", "30d"):
            whole = now.value("tickets_resolved", window=window)
            assert now.count(RESOLUTION, window=window) == whole
            assert all(now.value(part, window=window) <= whole for part in parts)


def test_pitfall_08_facts_lie_at_the_time_of_their_events(tell: Tell) -> None:
    """Not when they came: a replay days later has them in the windows of their days."""
    story = tell("09:00 t1 created\n09:10 t1 reply\n+3 09:00 t2 created\n+3 09:10 t2 reply")
    assert story.at("+3 09:30").count(FIRST, window="1h") == 1
    assert story.at("+3 09:30").count(FIRST, window="7d") == 2
    assert story.at("09:30").count(FIRST, window="1h") == 1


def test_pitfall_09_a_later_close_moves_the_resolution(tell: Tell) -> None:
    """And a reopened ticket is not among the resolved."""
    story = tell("09:00 t1 created\n10:00 t1 solved\n11:00 t1 open\n+2 10:00 t1 solved")
    assert story.at("11:30").value("tickets_resolved") == 0
    assert story.at("11:30").level("tickets_unresolved") == 1
    now = story.at("+2 11:00")
    assert now.value("tickets_resolved") == 1
    assert now.sum(RESOLUTION) == (48 + 1) * 3600


def test_pitfall_10_pending_merged_and_reopened_tickets_are_not_resolved(tell: Tell) -> None:
    story = tell(
        """
        09:00  t1  created
        09:10  t1  pending
        09:00  t2  created
        09:10  t2  solved
        09:20  t2  merged  into=t1
        09:00  t3  created
        09:10  t3  solved
        09:20  t3  pending
        """
    )
    now = story.at("10:00")
    assert now.value("tickets_resolved") == now.count(RESOLUTION) == 0
    assert now.level("tickets_unresolved", status="pending") == 2


def test_pitfall_11_a_change_of_status_is_no_response(tell: Tell) -> None:
    story = tell("09:00 t1 created\n09:05 t1 open by=agent agent=ann\n09:30 t1 reply ann")
    assert story.at("09:10").count(FIRST) == 0
    assert story.at("10:00").sum(FIRST) == 1800


def test_pitfall_12_durations_keep_their_milliseconds(tell: Tell) -> None:
    """54 minutes are no 0 hours; and no data is no sample, not 0."""
    story = tell("09:00:00.001 t1 created\n09:54 t1 reply")
    now = story.at("10:00")
    assert float(now.sum(FIRST)) == 3239.999
    assert (
        story.at("09:00:00.001")
        .families()
        .isdisjoint(
            {f"helpdesk_rolling_{FIRST}_{suffix}" for suffix in ("bucket", "gcount", "gsum")}
        )
    )


def test_pitfall_12b_every_solved_ticket_has_one_number_of_replies(tell: Tell) -> None:
    """None, one and more are told apart; and A to B to A are two transfers."""
    story = tell(
        """
        09:00  t1  created
        09:30  t1  solved    by=agent
        09:00  t2  created
        09:10  t2  reply     ann
        09:30  t2  solved
        09:00  t3  created
        09:01  t3  assigned  agent=ann
        09:10  t3  reply     ann
        09:11  t3  assigned  agent=bob
        09:20  t3  reply     bob
        09:21  t3  assigned  agent=ann
        09:30  t3  solved
        """
    )
    now = story.at("10:00")
    by_replies = [now.within("replies_to_resolution", le) for le in ("0.0", "1.0", "2.0", "+Inf")]
    assert by_replies == [1, 2, 3, 3]
    assert now.value("tickets_resolved_one_touch") == 1
    assert now.value("tickets_resolved_replied") == 2
    assert now.value("ticket_transfers", kind="agent") == 2


def test_pitfall_13_handling_is_time_with_an_agent(tell: Tell) -> None:
    """Not the bot's time, not that in a queue, not while the customer is waited for."""
    story = tell(
        """
        09:00  t1  created   bot=true queue=tech
        09:10  t1  handoff
        09:30  t1  assigned  agent=ann
        09:40  t1  pending
        10:40  t1  open
        10:45  t1  hold
        11:45  t1  open
        11:50  t1  solved    by=agent
        """,
        Policy(),
    )
    assert story.at("12:00").sum(HANDLE) == (10 + 5 + 5) * 60
