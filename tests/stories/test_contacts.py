"""Whether customers have to come back."""

from schemas.policy import ActiveContactResolution, FirstContactResolution, Policy
from tests.story import Evaluate, Shown, Story

WEEK = Policy(windows=("1d", "7d", "30d"))


def fcr(now: Shown) -> tuple[int, int]:
    """Return the first solves of the last day that were eligible, and resolved."""
    return int(now.value("fcr_eligible")), int(now.value("fcr_resolved"))


def acr(now: Shown, within: str) -> tuple[int, int]:
    """Return the interactions of 30 days that were eligible, and resolved."""
    labels = {"within": within, "window": "30d"}
    return int(now.value("acr_eligible", **labels)), int(now.value("acr_resolved", **labels))


def test_contacts_are_creations_by_customers_and_calls(evaluate: Evaluate) -> None:
    """Reopens are contacts, but not counted here; agents and systems make none."""
    story = Story(
        evaluate,
        """
        09:00  t1  created   customer=cora channel=web
        09:10  t1  solved
        09:20  t1  open
        09:00  t2  created   via=agent customer=cora
        09:30  k1  calls     customer=cyd
        09:30  k2  abandons
        """,
    )
    now = story.at("10:00")
    assert now.value("contacts", channel="web") == 1
    assert now.value("contacts", channel="phone") == 2
    assert now.value("contacts_repeat") == 0


def test_a_repeat_has_an_earlier_contact_within_a_week(evaluate: Evaluate) -> None:
    """Exactly seven days before is within, a millisecond more is not; a reopen is a contact."""
    story = Story(
        evaluate,
        """
        -7 09:00         a1  created   customer=cora
        09:00            a2  created   customer=cora
        -7 08:59:59.999  b1  created   customer=cyd
        09:00            b2  created   customer=cyd
        -9 08:00         c1  created   customer=cem
        -9 08:10         c1  solved
        -1 08:00         c1  open
        09:00            c2  abandons  customer=cem
        09:00            d1  created
        09:30            d2  created
        """,
    )
    now = story.at("10:00")
    assert now.value("contacts") == 5
    assert now.value("contacts_repeat", channel="none") == 1
    assert now.value("contacts_repeat", channel="phone") == 1


def test_contacts_of_one_instant_do_not_repeat_each_other(evaluate: Evaluate) -> None:
    story = Story(
        evaluate,
        """
        09:00  t1  created  customer=cora
        09:00  t2  created  customer=cora
        """,
    )
    assert story.at("10:00").value("contacts_repeat") == 0


def test_a_ticket_that_a_call_names_is_no_further_contact(evaluate: Evaluate) -> None:
    """Within an hour of the call, of the same customer; otherwise it is one."""
    story = Story(
        evaluate,
        """
        09:00         k1  calls    customer=cora ticket=t1
        10:00         t1  created  customer=cora
        09:00         k2  calls    customer=cyd ticket=t2
        10:00:00.001  t2  created  customer=cyd
        09:00         k3  calls    customer=cem ticket=t3
        08:00         t3  created  customer=dana
        """,
    )
    now = story.at("11:00")
    assert now.value("contacts", channel="phone") == 3
    assert now.value("contacts", channel="none") == 2
    assert now.value("contacts_repeat") == 1


def test_first_contact_resolution_settles_after_a_week(evaluate: Evaluate) -> None:
    """Dated a week after the first solve, by the values of the solve; nobody came back."""
    story = Story(
        evaluate,
        """
        -7 09:00  t1  created  customer=cora queue=tech
        -7 09:10  t1  reply    ann
        -7 09:30  t1  solved
        -5 09:00  t1  updated  queue=billing
        """,
    )
    assert fcr(story.at("09:29:59.999")) == (0, 0)
    now = story.at("09:30")
    assert fcr(now) == (1, 1)
    assert now.value("fcr_resolved", queue="tech") == 1


def test_a_contact_within_the_week_undoes_it(evaluate: Evaluate) -> None:
    """At exactly seven days it does, a millisecond later not; at the solve itself it does not."""
    story = Story(
        evaluate,
        """
        -7 08:00      a1  created   customer=cora
        -7 09:00      a1  solved
        09:00         a2  created   customer=cora
        -7 08:00      b1  created   customer=cyd
        -7 09:00      b1  solved
        09:00:00.001  b2  abandons  customer=cyd
        -7 08:00      c1  created   customer=cem
        -7 09:00      c1  solved
        -7 09:00      c2  created   customer=cem
        -7 08:00      d1  created   customer=dana
        -7 09:00      d1  solved
        -1 09:00      d2  created   customer=dana via=agent
        """,
    )
    assert fcr(story.at("10:00")) == (4, 3)


def test_an_unknown_customer_can_only_reopen(evaluate: Evaluate) -> None:
    """Own reopens count for everybody; an agent's ticket is not eligible."""
    story = Story(
        evaluate,
        """
        -7 08:00  a1  created
        -7 09:00  a1  solved
        -1 09:00  a2  created
        -7 08:00  b1  created
        -7 09:00  b1  solved
        -1 09:00  b1  open
        -7 08:00  c1  created  via=agent customer=cora
        -7 09:00  c1  solved
        """,
    )
    assert fcr(story.at("10:00")) == (2, 1)


def test_a_question_back_is_no_first_contact_resolution(evaluate: Evaluate) -> None:
    """A message between the first answer and the solve; in a chat that is how one talks."""
    story = Story(
        evaluate,
        """
        -7 08:00  back    created  channel=email
        -7 08:10  back    bot
        -7 08:20  back    writes
        -7 09:00  back    solved
        -7 08:00  chat    created  channel=chat
        -7 08:10  chat    bot
        -7 08:20  chat    writes
        -7 09:00  chat    solved
        -7 08:00  before  created  channel=email
        -7 08:10  before  writes
        -7 08:20  before  reply    ann
        -7 09:00  before  solved
        -7 09:10  before  writes
        -7 08:00  never   created  channel=email
        -7 08:10  never   writes
        -7 09:00  never   solved
        """,
    )
    assert fcr(story.at("10:00")) == (4, 3)


def test_only_the_same_topic_counts_if_so_configured(evaluate: Evaluate) -> None:
    """Unset topics are never the same, calls have none, own reopens count all the same."""
    table = """
        -7 08:00  a1  created   customer=cora topic=login
        -7 09:00  a1  solved
        -3 09:00  a2  created   customer=cora topic=refund
        -7 08:00  b1  created   customer=cyd topic=login
        -7 09:00  b1  solved
        -3 09:00  b2  created   customer=cyd topic=login
        -7 08:00  c1  created   customer=cem
        -7 09:00  c1  solved
        -3 09:00  c2  created   customer=cem
        -7 08:00  d1  created   customer=dana topic=login
        -7 09:00  d1  solved
        -3 09:00  d2  calls     customer=dana
        -7 08:00  e1  created   customer=edi topic=login
        -7 09:00  e1  solved
        -3 09:00  e1  updated   topic=refund
        -3 10:00  e1  open
    """
    same = Policy(fcr=FirstContactResolution(same_topic=True))
    assert fcr(Story(evaluate, table, same).at("10:00")) == (5, 3)
    assert fcr(Story(evaluate, table).at("10:00")) == (5, 0)


def test_every_touched_episode_is_an_interaction(evaluate: Evaluate) -> None:
    """The first ends on day 0 and is undone after 30 h, the second is undone at once.

    The third nobody touched: it is none.
    """
    story = Story(
        evaluate,
        """
        -9 08:00  t1  created  customer=cora queue=tech
        -9 08:30  t1  reply    ann
        -9 09:00  t1  solved
        -8 15:00  t1  open     by=customer
        -8 16:00  t1  solved   by=agent
        -8 16:30  t1  open
        -8 17:00  t1  solved   by=bot
        """,
        WEEK,
    )
    now = story.at("09:00")
    assert acr(now, "1d") == (2, 1)
    assert acr(now, "2d") == (2, 0)
    assert acr(now, "3d") == (2, 0)
    assert acr(story.at("-8 09:00"), "1d") == (1, 1)
    assert acr(story.at("-8 08:59"), "1d") == (0, 0)


def test_an_episode_includes_the_events_at_its_ends(evaluate: Evaluate) -> None:
    """The first is touched by its solve, the second by its reopen, the third by nothing within.

    A note between a solve and a reopen belongs to no episode.
    """
    story = Story(
        evaluate,
        """
        -9 08:00  t1  created
        -9 09:00  t1  solved   by=agent
        -9 09:10  t1  open     by=agent
        -9 09:20  t1  solved   by=bot
        -9 09:25  t1  note     ann
        -9 09:30  t1  open     by=customer
        -9 09:40  t1  solved   by=system
        """,
        WEEK,
    )
    assert acr(story.at("09:00"), "1d")[0] == 2


def test_a_call_is_an_interaction_by_phone(evaluate: Evaluate) -> None:
    """An abandoned call is none, but it is a contact."""
    story = Story(
        evaluate,
        """
        -3 09:00  k1  calls     customer=cora queue=tech
        -2 09:00  k2  abandons  customer=cora
        -3 09:00  k3  calls     customer=cyd
        """,
        Policy(windows=("30d",), acr=ActiveContactResolution(days=(1,))),
    )
    now = story.at("10:00")
    assert acr(now, "1d") == (2, 1)
    labels = {"queue": "tech", "channel": "phone", "priority": "none", "window": "30d"}
    assert now.value("acr_eligible", within="1d", **labels) == 1
    assert now.value("acr_resolved", within="1d", **labels) == 0


def test_the_customer_is_the_one_of_the_time(evaluate: Evaluate) -> None:
    """The contact at the creation is cora's, the interaction at the solve is cyd's."""
    story = Story(
        evaluate,
        """
        -7 08:00  t1  created  customer=cora
        -7 08:30  t1  updated  customer=cyd
        -7 09:00  t1  solved   by=agent
        -6 09:00  t2  created  customer=cora
        -5 09:00  t3  created  customer=cyd
        """,
        WEEK,
    )
    now = story.at("10:00")
    assert acr(now, "1d") == (1, 1)
    assert acr(now, "2d") == (1, 0)
    assert fcr(now) == (1, 0)
    assert now.value("contacts_repeat", window="7d") == 1
