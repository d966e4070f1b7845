"""Mistakes with whom a number belongs to, and which tickets count."""

from schemas.policy import Agents, Policy
from tests.pitfalls.conftest import Tell

AGENTS = Policy(agents=Agents(enabled=True))


def test_pitfall_26_a_later_assignment_moves_no_credit(tell: Tell) -> None:
    """Response to who wrote it, solve to who solved, score to who is credited with the solve."""
    story = tell(
        """
        09:00  t1  created
        09:10  t1  reply     ann
        09:20  t1  solved    agent=bob
        09:25  t1  assigned  agent=cid
        09:30  s1  answered  ticket=t1 kind=csat score=5 agent=cid
        """,
        AGENTS,
    )
    now = story.at("10:00")
    assert now.count("agent_first_response_time_seconds", agent="ann") == 1
    assert now.value("agent_tickets_resolved", agent="bob") == 1
    assert now.count("agent_csat_score", agent="bob") == 1
    assert not [labels for _, labels in now.numbers if ("agent", "cid") in labels]


def test_pitfall_27_agents_who_left_keep_their_past(tell: Tell) -> None:
    """Nothing but a ticket's own events takes its numbers away."""
    story = tell(
        """
        09:00     t1  created
        09:10     t1  reply     ann
        09:20     t1  solved    agent=ann
        +1 09:00  t1  assigned  agent=null
        """,
        AGENTS,
    )
    assert story.at("+2 09:00").value("agent_tickets_resolved", agent="ann", window="7d") == 1


def test_pitfall_28_a_merged_ticket_counts_once(tell: Tell) -> None:
    """As the ticket that it was merged into; its own numbers go, its surveys too."""
    story = tell(
        """
        09:00  t1  created
        09:00  t2  created
        09:10  t2  reply     ann
        09:11  s2  answered  ticket=t2 kind=csat score=1
        09:20  t2  merged    into=t1
        """
    )
    before, after = story.at("09:19"), story.at("09:30")
    assert before.value("tickets_opened") == 2
    assert after.value("tickets_opened") == after.level("tickets_unresolved") == 1
    assert after.count("first_response_time_seconds") == after.count("csat_score") == 0


def test_pitfall_29_spam_that_was_counted_is_taken_back(tell: Tell) -> None:
    """From every window, the past included; a restored ticket is back."""
    story = tell(
        """
        09:00     t1  created
        09:10     t1  reply
        +2 09:00  t1  spam
        +4 09:00  t1  deleted
        +5 09:00  t1  restored
        """
    )
    assert story.at("+1 09:00").value("tickets_opened", window="7d") == 1
    for when in ("+2 09:00", "+4 10:00"):
        now = story.at(when)
        assert now.value("tickets_opened", window="7d") == now.level("tickets_unresolved") == 0
        assert now.count("first_response_time_seconds", window="7d") == 0
    assert story.at("+5 09:00").value("tickets_opened", window="7d") == 1
