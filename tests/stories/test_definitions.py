"""Whose definition is in force: those of other helpdesks beside ours."""

from typing import Any

import pytest

from schemas.policy import Agents, Conversion, Definitions, Policy
from tests.story import Evaluate, Shown, Story


def after(**names: Any) -> Policy:
    """Return a policy with definitions of others."""
    return Policy(definitions=Definitions(**names), windows=("1d", "30d"))


def fcr(now: Shown) -> tuple[int, int]:
    return int(now.value("fcr_eligible")), int(now.value("fcr_resolved"))


def test_our_own_definitions_go_without_saying(evaluate: Evaluate) -> None:
    assert not Story(evaluate, "", after()).at("10:00").families()


def test_the_definitions_in_force_are_shown(evaluate: Evaluate) -> None:
    now = Story(evaluate, "", after(fcr="zoho")).at("10:00")
    assert now.level("definition_info", kpi="fcr", definition="zoho") == 1
    assert now.level("definition_info", kpi="fcr", definition="deskpulse") == 0
    for kpi in ("one_touch", "csat", "conversion"):
        assert now.level("definition_info", kpi=kpi, definition="deskpulse") == 1


@pytest.mark.parametrize("definition", ["freshservice", "intercom", "zoho"])
def test_first_contact_is_judged_at_the_standing_solve(
    evaluate: Evaluate, definition: str
) -> None:
    """Not days later as ours is; a reopen takes it back, and so does spam."""
    story = Story(
        evaluate,
        """
        09:00  t1  created  customer=cora
        09:10  t1  reply    ann
        09:20  t1  solved   ann
        09:30  t2  created  customer=cora
        09:40  t1  open
        09:00  t3  created
        09:10  t3  reply    ann
        09:20  t3  solved   ann
        10:00  t3  spam
        """,
        after(fcr=definition),
    )
    assert fcr(story.at("09:35")) == (2, 2)
    assert fcr(story.at("09:45")) == (1, 1)
    assert fcr(story.at("10:00")) == (0, 0)


def test_freshservice_counts_what_customers_write_and_not_replies(evaluate: Evaluate) -> None:
    """Messages before the solve and after it; an agent's opening is no message of the customer."""
    story = Story(
        evaluate,
        """
        09:00  many   created  via=agent
        09:10  many   reply    ann
        09:20  many   reply    ann
        09:30  many   solved   ann
        09:00  later  created
        09:30  later  solved   ann
        09:40  later  writes
        09:00  late   created  via=agent
        09:05  late   writes
        09:30  late   solved   ann
        """,
        after(fcr="freshservice"),
    )
    assert fcr(story.at("09:35")) == (3, 2)
    assert fcr(story.at("10:00")) == (3, 1)


def test_intercom_wants_one_agent_and_one_close(evaluate: Evaluate) -> None:
    """Agents without a name are one, if nobody is named; bots are none."""
    story = Story(
        evaluate,
        """
        09:00  unnamed  created
        09:10  unnamed  reply
        09:20  unnamed  note
        09:30  unnamed  solved   by=agent
        09:00  half     created
        09:10  half     reply
        09:30  half     solved   ann
        09:00  two      created
        09:10  two      reply    ann
        09:30  two      solved   bob
        09:00  bot      created
        09:10  bot      bot
        09:30  bot      solved   by=bot
        09:00  twice    created
        09:10  twice    solved   ann
        09:20  twice    open
        09:30  twice    solved   ann
        """,
        after(fcr="intercom"),
    )
    assert fcr(story.at("10:00")) == (5, 2)


def test_one_touch_of_zendesk_takes_no_reply_for_one(evaluate: Evaluate) -> None:
    """Also of tickets that agents opened; two replies are too many, whenever the second came."""
    story = Story(
        evaluate,
        """
        09:00  none   created
        09:30  none   solved
        09:00  one    created  via=agent
        09:10  one    reply    ann
        09:30  one    solved   ann
        09:00  two    created
        09:10  two    reply    ann
        09:30  two    solved   ann
        09:40  two    reply    ann
        """,
        after(one_touch="zendesk"),
    )
    assert story.at("09:35").value("tickets_resolved_one_touch") == 3
    assert story.at("10:00").value("tickets_resolved_one_touch") == 2


def test_messaging_of_zendesk_wants_no_pause_and_no_reopen(evaluate: Evaluate) -> None:
    """However many replies; a pause of no length is a pause."""
    story = Story(
        evaluate,
        """
        09:00  many    created
        09:10  many    reply    ann
        09:15  many    reply    ann
        09:30  many    solved   ann
        09:00  paused  created
        09:10  paused  reply    ann
        09:10  paused  hold     ann @sequence=1
        09:10  paused  open     ann @sequence=2
        09:30  paused  solved   ann
        09:00  again   created
        09:10  again   reply    ann
        09:20  again   solved   ann
        09:25  again   open
        09:30  again   solved   ann
        09:00  none    created
        09:30  none    solved   ann
        """,
        after(one_touch="zendesk_messaging"),
    )
    assert story.at("10:00").value("tickets_resolved_one_touch") == 1


def test_satisfaction_of_zendesk_is_good_or_bad(evaluate: Evaluate) -> None:
    """3 of 5 is bad, the top of two or three is good; other scales do not say."""
    story = Story(
        evaluate,
        """
        09:00  s1  answered  kind=csat score=4 queue=tech
        09:00  s2  answered  kind=csat score=3.999 queue=tech
        09:00  s3  answered  kind=csat score=1 scale=0..1
        09:00  s4  answered  kind=csat score=2 scale=1..3
        09:00  s5  answered  kind=csat score=10 scale=0..10
        09:00  s6  answered  kind=esat score=3
        """,
        after(csat="zendesk"),
    )
    now = story.at("10:00")
    assert now.labels("csat_score_gcount", "scale") == {"0-1"}
    assert (now.count("csat_score"), now.sum("csat_score")) == (4, 2)
    assert now.count("csat_score", queue="tech") == 2
    assert now.within("csat_score", "0.0") == 2
    assert now.sum("esat_score", scale="1-5") == 3


def test_satisfaction_of_zendesk_holds_for_agents_too(evaluate: Evaluate) -> None:
    policy = Policy(definitions=Definitions(csat="zendesk"), agents=Agents(enabled=True))
    now = Story(evaluate, "09:00 s1 answered kind=csat score=5 agent=ann", policy).at("10:00")
    assert now.sum("agent_csat_score", agent="ann", scale="0-1") == 1


def test_conversion_of_gorgias_takes_three_days(evaluate: Evaluate) -> None:
    """Exactly three days after the creation is within, whatever is configured."""
    story = Story(
        evaluate,
        """
        -3 09:00         t1  created  customer=cora
        -3 09:30         t1  reply    ann
        09:00            o1  orders   customer=cora amount=10
        -3 08:59:59.999  t2  created  customer=cyd
        -3 09:30         t2  reply    ann
        09:00            o2  orders   customer=cyd amount=20
        """,
        Policy(definitions=Definitions(conversion="gorgias"), conversion=Conversion(days=2)),
    )
    now = story.at("10:00")
    assert now.value("tickets_converted") == 1
    assert now.value("revenue_attributed", currency="EUR") == 10
