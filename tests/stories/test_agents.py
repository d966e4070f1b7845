"""Who is credited with what."""

from schemas.policy import Agents, Policy
from tests.story import Evaluate, Story

ON = Policy(agents=Agents(enabled=True), windows=("1d", "30d"))


def test_agents_do_not_show_unless_enabled(evaluate: Evaluate) -> None:
    story = Story(evaluate, "09:00 t1 created\n09:10 t1 reply ann\n09:20 t1 solved ann")
    assert not any("agent_" in name for name in story.at("10:00").families() - {
        "helpdesk_rolling_agent_work_time_seconds_" + suffix
        for suffix in ("gcount", "gsum", "bucket")
    })  # fmt: skip


def test_a_solve_goes_to_who_made_it(evaluate: Evaluate) -> None:
    """Named on the solve, else the episode's last reply that names somebody, else the assignee.

    A later assignment moves nothing. (Pitfall 26.)
    """
    story = Story(
        evaluate,
        """
        08:00  named     created
        08:10  named     reply     ann
        09:00  named     solved    bob
        09:10  named     assigned  agent=cid
        08:00  reply     created
        08:05  reply     assigned  agent=cid
        08:10  reply     reply     ann
        08:20  reply     reply
        09:00  reply     solved
        08:00  assignee  created
        08:05  assignee  assigned  agent=cid
        08:10  assignee  note      ann
        09:00  assignee  solved
        08:00  nobody    created
        09:00  nobody    solved
        """,
        ON,
    )
    now = story.at("10:00")
    solved = "agent_tickets_resolved"
    assert [now.value(solved, agent=agent) for agent in ("ann", "bob", "cid")] == [1, 1, 1]
    assert now.value(solved) == 3


def test_a_reply_of_an_earlier_episode_earns_nothing(evaluate: Evaluate) -> None:
    """The second episode was solved without a reply: it goes to the assignee."""
    story = Story(
        evaluate,
        """
        08:00  t1  created
        08:05  t1  assigned  agent=cid
        08:10  t1  reply     ann
        08:20  t1  solved
        08:30  t1  open
        08:40  t1  solved
        """,
        ON,
    )
    now = story.at("10:00")
    assert now.labels("agent_tickets_resolved", "agent") == {"cid"}
    assert now.value("agent_reopens", agent="ann") == 1


def test_times_go_to_the_author_of_the_reply(evaluate: Evaluate) -> None:
    """A reply that names nobody is not observed; handle time goes with the solve."""
    story = Story(
        evaluate,
        """
        08:00  t1  created
        08:05  t1  assigned  agent=cid
        08:10  t1  reply     ann
        08:20  t1  writes
        08:30  t1  reply     bob
        08:35  t1  solved    ann
        08:00  t2  created
        08:10  t2  reply
        """,
        ON,
    )
    now = story.at("10:00")
    first, reply = "agent_first_response_time_seconds", "agent_reply_time_seconds"
    assert (now.count(first), now.sum(first, agent="ann")) == (1, 600)
    assert now.sum(reply, agent="ann") == now.sum(reply, agent="bob") == 600
    assert now.count(reply) == 2
    assert now.sum("agent_handle_time_seconds", agent="ann") == 30 * 60


def test_answers_go_to_the_last_solve_before(evaluate: Evaluate) -> None:
    """Without one to the agent that the answer names; ESAT always to that one."""
    story = Story(
        evaluate,
        """
        08:00  t1  created
        08:10  s1  answered  kind=csat score=1 ticket=t1 agent=cid
        08:20  t1  solved    ann
        08:30  s2  answered  kind=csat score=2 ticket=t1 agent=cid
        08:40  t1  open
        08:50  t1  solved    bob
        08:50  s3  answered  kind=csat score=3 ticket=t1
        09:00  s4  answered  kind=esat score=4 agent=cid
        09:00  s5  answered  kind=csat score=5
        """,
        ON,
    )
    now = story.at("10:00")
    csat = "agent_csat_score"
    assert [now.sum(csat, agent=agent) for agent in ("cid", "ann", "bob")] == [1, 2, 3]
    assert now.count(csat, scale="1-5") == 3
    assert now.sum("agent_esat_score", agent="cid", scale="1-5") == 4


def test_interactions_are_credited_by_their_end(evaluate: Evaluate) -> None:
    """A ticket's by its solve, a call's to its agent; cora called back within two days."""
    story = Story(
        evaluate,
        """
        -9 08:00  t1  created  customer=cora
        -9 09:00  t1  solved   ann
        -7 08:00  k1  calls    customer=cora agent=bob
        """,
        ON,
    )
    now = story.at("10:00")
    eligible, resolved = "agent_acr_eligible", "agent_acr_resolved"
    assert now.value(eligible, window="30d", agent="ann") == 3
    assert now.value(resolved, window="30d", agent="ann", within="1d") == 1
    assert now.value(resolved, window="30d", agent="ann") == 1
    assert now.value(resolved, window="30d", agent="bob") == 3


def test_agents_outside_the_list_are_other(evaluate: Evaluate) -> None:
    story = Story(
        evaluate,
        """
        08:00  t1  created
        09:00  t1  solved   ann
        08:00  t2  created
        09:00  t2  solved   bob
        """,
        Policy(agents=Agents(enabled=True, allow=("ann",))),
    )
    assert story.at("10:00").labels("agent_tickets_resolved", "agent") == {"ann", "other"}
