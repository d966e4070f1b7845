"""How tickets are resolved: how many, by whom, in how many steps."""

from typing import Final

from schemas.policy import Policy
from streams.facts.facts import SOLVED
from streams.kpis.kpi import COUNTS, Column, D, Example, Kpi
from streams.kpis.promql import share

STANDING: Final = "Dated at the standing solve: the last one, if no reopen follows. "


def is_replied(solved: Column) -> Column:
    """Return whether a customer's ticket got a reply."""
    return (solved.replies >= 1) & (solved.by_agent == 0)


def is_one_touch(solved: Column) -> Column:
    """Return whether a customer's ticket got exactly one reply in all."""
    return (solved.replies == 1) & (solved.by_agent == 0)


def took_less_than_two_replies(solved: Column) -> Column:
    """Return whether a ticket got one reply or none."""
    return solved.replies < 2


def went_straight_to_solved(solved: Column) -> Column:
    """Return whether a ticket got a reply, never waited in pending or hold, and stayed solved."""
    return (solved.replies > 0) & (solved.waited == 0) & (solved.reopens == 0)


def is_automated(solved: Column) -> Column:
    """Return whether nobody touched the ticket."""
    return solved.touched == 0


def _one_touch(
    where: Column,
    *,
    help_text: str,
    definition: str,
    formula: str,
    whole: str,
    source: str,
    example: str,
    settings: str = "",
) -> Kpi:
    return Kpi(
        family="tickets_resolved_one_touch",
        fact=SOLVED,
        labels=D,
        where=where,
        title="Tickets resolved in one touch",
        help=help_text,
        definition=STANDING + definition,
        formula=formula,
        source=source,
        queries=(share("One-touch rate", "tickets_resolved_one_touch", whole),),
        example=Example(example, settings),
    )


COUNTED: Final = (
    Kpi(
        family="tickets_resolved",
        fact=SOLVED,
        labels=D,
        title="Tickets resolved",
        help="Tickets resolved.",
        definition=STANDING + "A reopen takes it back.",
        formula="number of tickets whose standing solve lies in the window",
        source="Redo: closed tickets, without those that were opened again",
        example=Example(
            """
            10:00  t1  created  queue=tech
            10:30  t1  solved   ann
            10:40  t1  open
            11:30  t1  solved   ann
            -> 10:35  tickets_resolved{queue="tech"} 1
            -> 11:00  tickets_resolved{queue="tech"} 0
            -> 12:00  tickets_resolved{queue="tech"} 1
            """
        ),
    ),
    Kpi(
        family="tickets_resolved_replied",
        fact=SOLVED,
        labels=D,
        where=is_replied,
        title="Tickets resolved with a reply",
        help="Tickets resolved with at least one reply, not opened by an agent.",
        definition=STANDING + "The whole of which the one-touch rate is a part.",
        formula="number of resolved tickets of customers with replies >= 1",
        source="Help Scout: resolved conversations with at least one reply",
        example=Example(
            """
            10:00  t1  created
            10:10  t1  reply    ann
            10:30  t1  solved   ann
            10:00  t2  created
            10:30  t2  solved
            -> 11:00  tickets_resolved_replied 1
            -> 11:00  tickets_resolved 2
            """
        ),
    ),
)

ONE_TOUCH: Final = {
    "deskpulse": _one_touch(
        is_one_touch,
        help_text="Tickets resolved with exactly one reply, not opened by an agent.",
        definition="One-touch rate = one_touch / replied: no reply is not one touch.",
        formula="number of resolved tickets of customers with replies = 1",
        whole="tickets_resolved_replied",
        source="Zendesk: one-touch tickets, in the wording with exactly one agent reply",
        example="""
            10:00  t1  created
            10:10  t1  reply    ann
            10:30  t1  solved   ann
            10:40  t1  writes
            10:40  t1  open
            10:41  t1  solved   ann
            10:00  t2  created
            10:30  t2  solved
            -> 11:00  tickets_resolved_one_touch 1
            -> 11:00  tickets_resolved_replied 1
            """,
    ),
    "zendesk": _one_touch(
        took_less_than_two_replies,
        help_text="Tickets resolved with one reply or none.",
        definition="The metric of Zendesk Explore: fewer than two agent replies, so a ticket that "
        "nobody answered counts. One-touch rate = one_touch / resolved.",
        formula="number of resolved tickets with replies < 2",
        whole="tickets_resolved",
        source="Zendesk Explore: one-touch tickets",
        example="""
            10:00  t1  created
            10:10  t1  reply    ann
            10:30  t1  solved   ann
            10:00  t2  created
            10:30  t2  solved
            10:00  t3  created
            10:10  t3  reply    ann
            10:20  t3  reply    ann
            10:30  t3  solved   ann
            -> 11:00  tickets_resolved_one_touch 2
            -> 11:00  tickets_resolved 3
            """,
        settings="\ndefinitions: {one_touch: zendesk}\n",
    ),
    "zendesk_messaging": _one_touch(
        went_straight_to_solved,
        help_text="Tickets resolved with a reply, without pending, hold or reopen.",
        definition="The metric of Zendesk Explore for messaging: however many replies, but the "
        "ticket never went through pending or hold and was never opened again. "
        "One-touch rate = one_touch / resolved.",
        formula="number of resolved tickets with replies > 0, never pending or hold, reopens = 0",
        whole="tickets_resolved",
        source="Zendesk Explore: one-touch messaging tickets",
        example="""
            10:00  t1  created
            10:10  t1  reply    ann
            10:20  t1  reply    ann
            10:30  t1  solved   ann
            10:00  t2  created
            10:10  t2  reply    ann
            10:10  t2  pending  ann
            10:30  t2  solved   ann
            10:00  t3  created
            10:30  t3  solved
            -> 11:00  tickets_resolved_one_touch 1
            -> 11:00  tickets_resolved 3
            """,
        settings="\ndefinitions: {one_touch: zendesk_messaging}\n",
    ),
}

OTHERS: Final = (
    Kpi(
        family="tickets_resolved_automated",
        fact=SOLVED,
        labels=D,
        where=is_automated,
        title="Tickets resolved by automation",
        help="Tickets resolved that no person ever touched.",
        definition=STANDING + "A touch is any message of an agent, or a status change by one.",
        formula="number of resolved tickets without a message or a status change by an agent",
        source="Gorgias: automated interactions, resolved without a human, spam left out",
        queries=(share("Automation rate", "tickets_resolved_automated", "tickets_resolved"),),
        example=Example(
            """
            10:00  t1  created  bot=true
            10:01  t1  bot
            10:30  t1  solved   by=bot
            10:00  t2  created  bot=true
            10:01  t2  bot
            10:30  t2  solved   ann
            -> 11:00  tickets_resolved_automated 1
            """
        ),
    ),
    Kpi(
        family="replies_to_resolution",
        fact=SOLVED,
        labels=("queue",),
        value=lambda solved: solved.replies,
        buckets=COUNTS,
        title="Replies to resolution",
        help="Replies that a resolved ticket took.",
        definition=STANDING + "Public messages of agents, later ones included.",
        formula="number of replies",
        source="Zendesk: replies",
        example=Example(
            """
            10:00  t1  created  queue=tech
            10:10  t1  reply    ann
            10:20  t1  note     ann
            10:20  t1  reply    bob
            10:30  t1  solved   bob
            -> 11:00  replies_to_resolution_gsum{queue="tech"} 2
            -> 11:00  replies_to_resolution_bucket{queue="tech",le="1.0"} 0
            """
        ),
    ),
    Kpi(
        family="customer_messages_to_resolution",
        fact=SOLVED,
        labels=("queue",),
        value=lambda solved: solved.customer_messages,
        buckets=COUNTS,
        title="Customer messages to resolution",
        help="Messages that a customer had to write for a resolved ticket.",
        definition=STANDING + "Public messages, the creation by the customer included: "
        "behavioural effort.",
        formula="number of public messages of the customer, and 1 for the creation by them",
        source="Redo: messages per ticket",
        example=Example(
            """
            10:00  t1  created  queue=tech
            10:10  t1  reply    ann
            10:20  t1  writes
            10:30  t1  solved   ann
            -> 11:00  customer_messages_to_resolution_gsum{queue="tech"} 2
            """
        ),
    ),
)


def kpis(policy: Policy) -> tuple[Kpi, ...]:
    """Return the KPIs of resolution, with the definition of one touch that the policy names."""
    return (*COUNTED, ONE_TOUCH[policy.definitions.one_touch], *OTHERS)
