"""With how many touches, transfers and reopens tickets are resolved."""

from tests.story import Evaluate, Story


def test_one_touch_is_exactly_one_reply(evaluate: Evaluate) -> None:
    """None is not one; a private note does not spoil it; an agent's own ticket is in neither."""
    story = Story(
        evaluate,
        """
        09:00  none   created
        09:30  none   solved   by=agent
        09:00  one    created
        09:10  one    reply    ann
        09:11  one    note     ann
        09:30  one    solved
        09:00  two    created
        09:10  two    reply    ann
        09:20  two    reply    bob
        09:30  two    solved
        09:00  own    created  via=agent
        09:10  own    reply    ann
        09:30  own    solved
        """,
    )
    now = story.at("10:00")
    assert now.value("tickets_resolved") == 4
    assert now.value("tickets_resolved_replied") == 2
    assert now.value("tickets_resolved_one_touch") == 1
    replies = "replies_to_resolution"
    assert (now.count(replies), now.sum(replies)) == (4, 4)
    assert [now.within(replies, le) for le in ("0.0", "1.0", "2.0", "+Inf")] == [1, 3, 4, 4]


def test_a_reply_after_the_solve_counts_for_it(evaluate: Evaluate) -> None:
    """Properties of the standing solve are taken over everything known, later events included."""
    story = Story(
        evaluate,
        """
        09:00  t1  created
        09:10  t1  reply      ann
        09:30  t1  solved     by=system
        09:40  t1  reply      ann
        09:40  t1  writes
        09:45  t1  escalated
        """,
    )
    assert story.at("09:30").value("tickets_resolved_one_touch") == 1
    now = story.at("10:00")
    assert now.value("tickets_resolved_one_touch") == 0
    assert now.sum("replies_to_resolution") == 2
    assert now.sum("customer_messages_to_resolution") == 2
    assert now.value("tickets_resolved_escalated") == 1


def test_automated_means_never_touched_by_a_human(evaluate: Evaluate) -> None:
    """A note, a status by an agent or one that names an agent is a touch; an assignment is not."""
    story = Story(
        evaluate,
        """
        09:00  bot     created   via=agent
        09:05  bot     assigned  agent=ann
        09:10  bot     bot
        09:20  bot     solved    by=bot
        09:00  note    created
        09:10  note    note
        09:20  note    solved    by=bot
        09:00  by      created
        09:20  by      solved    by=agent
        09:00  named   created
        09:20  named   solved    by=system agent=ann
        """,
    )
    now = story.at("10:00")
    assert now.value("tickets_resolved_automated") == 1
    assert now.value("tickets_resolved") == 4


def test_customer_messages_include_the_creation_by_the_customer(evaluate: Evaluate) -> None:
    """Private ones are left out."""
    story = Story(
        evaluate,
        """
        09:00  t1  created  queue=tech
        09:05  t1  writes
        09:06  t1  writes   public=false
        09:10  t1  solved
        09:00  t2  created  via=system queue=tech
        09:10  t2  solved
        """,
    )
    now = story.at("10:00")
    messages = "customer_messages_to_resolution"
    assert (now.count(messages, queue="tech"), now.sum(messages)) == (2, 2)
    assert [now.within(messages, le) for le in ("0.0", "1.0", "2.0")] == [1, 1, 2]


def test_a_transfer_comes_after_the_first_human_touch(evaluate: Evaluate) -> None:
    """Routing before it is none, the same agent again is none, none in between is skipped."""
    story = Story(
        evaluate,
        """
        09:00  t1  created   queue=tech
        09:01  t1  assigned  agent=ann queue=billing
        09:02  t1  reply     ann
        09:10  t1  assigned  agent=bob queue=vip
        09:20  t1  assigned  agent=null queue=null
        09:30  t1  assigned  agent=bob
        09:40  t1  assigned  agent=cid queue=tech
        09:50  t1  solved
        """,
    )
    assert story.at("09:30").value("ticket_transfers", kind="agent") == 1
    now = story.at("10:00")
    assert now.value("ticket_transfers", kind="agent", queue="vip") == 1
    assert now.value("ticket_transfers", kind="agent", queue="tech") == 1
    assert now.value("ticket_transfers", kind="queue", queue="vip") == 1
    assert now.value("ticket_transfers", kind="queue", queue="tech") == 1
    assert now.value("tickets_resolved_transferred") == 1


def test_updates_move_a_ticket_between_queues_too(evaluate: Evaluate) -> None:
    """The first agent after a touch is no transfer: there was none to transfer from."""
    story = Story(
        evaluate,
        """
        09:00  t1  created   queue=tech
        09:10  t1  note      ann
        09:20  t1  assigned  agent=ann
        09:30  t1  updated   queue=billing
        09:30  t1  updated   queue=billing
        """,
    )
    now = story.at("10:00")
    assert now.value("ticket_transfers", kind="agent") == 0
    assert now.value("ticket_transfers", kind="queue", queue="billing") == 1


def test_escalations_count_each_and_once_at_the_solve(evaluate: Evaluate) -> None:
    story = Story(
        evaluate,
        """
        09:00  t1  created    queue=tech
        09:10  t1  escalated  tier=2
        09:20  t1  escalated  to=vendor
        09:30  t1  solved
        """,
    )
    now = story.at("10:00")
    assert now.value("ticket_escalations", queue="tech") == 2
    assert now.value("tickets_resolved_escalated", queue="tech") == 1


def test_the_last_tick_of_the_box_counts(evaluate: Evaluate) -> None:
    story = Story(
        evaluate,
        """
        09:00  yes   created
        09:10  yes   updated  first_contact_resolved=false
        09:20  yes   updated  first_contact_resolved=true
        09:25  yes   updated  priority=low
        09:30  yes   solved
        09:00  no    created
        09:20  no    updated  first_contact_resolved=true
        09:30  no    solved
        09:40  no    updated  first_contact_resolved=false
        09:00  none  created
        09:30  none  solved
        09:00  open  created
        09:20  open  updated  first_contact_resolved=true
        """,
    )
    now = story.at("10:00")
    assert (now.value("fcr_marked"), now.value("fcr_marked_yes")) == (2, 1)
