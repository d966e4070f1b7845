"""How tickets are resolved: how soon, by how much work, in how many steps."""

from typing import Final

from schemas.policy import Policy
from schemas.scalars import SECOND
from streams.facts.facts import FIRST_SOLVE, SOLVED
from streams.kpis.examples import OFFICE
from streams.kpis.kpi import COUNTS, QUEUE_PRIORITY, SECONDS, Column, D, Example, Kpi
from streams.kpis.promql import share

STANDING: Final = "Dated at the standing solve: the last one, if no reopen follows. "


def took_no_negative_time(solved: Column) -> Column:
    """Return whether the solve came at or after the creation."""
    return solved.elapsed >= 0


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


def _duration(
    column: str,
    *,
    family: str,
    title: str,
    help_text: str,
    definition: str,
    formula: str,
    source: str,
    example: Example,
) -> Kpi:
    return Kpi(
        family=family,
        fact=SOLVED,
        labels=QUEUE_PRIORITY,
        value=lambda solved: getattr(solved, column),
        where=took_no_negative_time,
        buckets=SECONDS,
        unit=SECOND,
        title=title,
        help=help_text,
        definition=STANDING + definition,
        formula=formula,
        source=source,
        example=example,
    )


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
    _duration(
        "elapsed",
        family="resolution_time_seconds",
        title="Resolution time",
        help_text="Time from creation to the standing solve.",
        definition="Some call its mean a ticket's average handling time.",
        formula="t(standing solve) - t(creation)",
        source="Zendesk: full resolution time",
        example=Example(
            """
            10:00  t1  created
            10:30  t1  solved   ann
            11:00  t1  open
            12:00  t1  solved   ann
            -> 10:45  resolution_time_seconds_gsum 1800
            -> 11:30  resolution_time_seconds_gcount 0
            -> 13:00  resolution_time_seconds_gcount 1
            -> 13:00  resolution_time_seconds_gsum 7200
            """
        ),
    ),
    Kpi(
        family="first_resolution_time_seconds",
        fact=FIRST_SOLVE,
        labels=QUEUE_PRIORITY,
        value=lambda solve: solve.elapsed,
        buckets=SECONDS,
        unit=SECOND,
        title="First resolution time",
        help="Time from creation to the first solve.",
        definition="Dated at the first solve; a reopen does not take it back.",
        formula="t(first solve) - t(creation)",
        source="Zendesk: first resolution time",
        example=Example(
            """
            10:00  t1  created
            10:30  t1  solved   ann
            11:00  t1  open
            -> 11:30  first_resolution_time_seconds_gsum 1800
            """
        ),
    ),
    _duration(
        "requester_wait",
        family="requester_wait_time_seconds",
        title="Requester wait time",
        help_text="Time in new, open and hold.",
        definition="Time pending is the customer's own.",
        formula="sum of the times in new, open and hold until the standing solve",
        source="Zendesk: requester wait time",
        example=Example(
            """
            10:00  t1  created
            10:10  t1  pending  ann
            11:00  t1  open
            11:05  t1  hold     ann
            11:30  t1  solved   ann
            -> 12:00  requester_wait_time_seconds_gsum 2400
            """
        ),
    ),
    _duration(
        "agent_work",
        family="agent_work_time_seconds",
        title="Agent work time",
        help_text="Time in new and open.",
        definition="Pending and hold pause it.",
        formula="sum of the times in new and open until the standing solve",
        source="Zendesk: agent work time",
        example=Example(
            """
            10:00  t1  created
            10:10  t1  pending  ann
            11:00  t1  open
            11:05  t1  hold     ann
            11:30  t1  solved   ann
            -> 12:00  agent_work_time_seconds_gsum 900
            """
        ),
    ),
    _duration(
        "customer_wait",
        family="customer_wait_time_seconds",
        title="Time waiting for the customer",
        help_text="Time in pending.",
        definition="The team waits for the customer.",
        formula="sum of the times in pending until the standing solve",
        source="Zendesk: agent wait time",
        example=Example(
            """
            10:00  t1  created
            10:10  t1  pending  ann
            11:00  t1  open
            11:30  t1  solved   ann
            -> 12:00  customer_wait_time_seconds_gsum 3000
            """
        ),
    ),
    _duration(
        "handle",
        family="handle_time_seconds",
        title="Handle time",
        help_text="Time in new and open while assigned to an agent.",
        definition="Time in a queue without an assignee does not count.",
        formula="sum of the times in new and open with an assignee, until the standing solve",
        source="Intercom: handling time, open and assigned to a teammate",
        example=Example(
            """
            10:00  t1  created
            10:20  t1  assigned  agent=ann
            10:30  t1  pending   ann
            11:00  t1  open
            11:05  t1  solved    ann
            -> 12:00  handle_time_seconds_gsum 900
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

BUSINESS: Final = (
    _duration(
        "open_elapsed",
        family="resolution_business_time_seconds",
        title="Resolution time in business time",
        help_text="Resolution time in open time of the business calendar.",
        definition="0 is observed.",
        formula="open time in [creation, standing solve]",
        source="Zendesk: full resolution time in business hours",
        example=Example(
            """
            14:50     t1  created
            +1 07:10  t1  solved   ann
            -> +1 08:00  resolution_business_time_seconds_gsum 1200
            """,
            OFFICE,
        ),
    ),
    _duration(
        "open_requester_wait",
        family="requester_wait_business_time_seconds",
        title="Requester wait time in business time",
        help_text="Requester wait in open time of the business calendar.",
        definition="0 is observed.",
        formula="open time spent in new, open and hold until the standing solve",
        source="Zendesk: requester wait time in business hours",
        example=Example(
            """
            14:50     t1  created
            14:55     t1  pending  ann
            +1 07:10  t1  open
            +1 07:30  t1  solved   ann
            -> +1 08:00  requester_wait_business_time_seconds_gsum 1500
            """,
            OFFICE,
        ),
    ),
)


def kpis(policy: Policy) -> tuple[Kpi, ...]:
    """Return the KPIs that this policy asks for: business time only with a business calendar."""
    found = (*COUNTED, ONE_TOUCH[policy.definitions.one_touch], *OTHERS)
    return found if policy.business_calendar is None else found + BUSINESS
