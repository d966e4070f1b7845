"""How tickets are resolved: how soon, by how much work, in how many steps."""

from typing import Final

from schemas.policy import Policy
from schemas.scalars import SECOND
from streams.facts.facts import FIRST_SOLVE, SOLVED
from streams.kpis.kpi import COUNTS, QUEUE_PRIORITY, SECONDS, Column, D, Kpi

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


def is_automated(solved: Column) -> Column:
    """Return whether nobody touched the ticket."""
    return solved.touched == 0


def _duration(family: str, column: str, help_text: str, definition: str) -> Kpi:
    return Kpi(
        family=family,
        fact=SOLVED,
        labels=QUEUE_PRIORITY,
        value=lambda solved: getattr(solved, column),
        where=took_no_negative_time,
        buckets=SECONDS,
        unit=SECOND,
        help=help_text,
        definition=STANDING + definition,
    )


KPIS: Final = (
    Kpi(
        family="tickets_resolved",
        fact=SOLVED,
        labels=D,
        help="Tickets resolved.",
        definition=STANDING + "A reopen takes it back.",
    ),
    Kpi(
        family="tickets_resolved_replied",
        fact=SOLVED,
        labels=D,
        where=is_replied,
        help="Tickets resolved with at least one reply, not opened by an agent.",
        definition=STANDING,
    ),
    Kpi(
        family="tickets_resolved_one_touch",
        fact=SOLVED,
        labels=D,
        where=is_one_touch,
        help="Tickets resolved with exactly one reply, not opened by an agent.",
        definition=STANDING + "One-touch rate = one_touch / replied: no reply is not one touch.",
    ),
    Kpi(
        family="tickets_resolved_automated",
        fact=SOLVED,
        labels=D,
        where=is_automated,
        help="Tickets resolved that no person ever touched.",
        definition=STANDING + "A touch is any message of an agent, or a status change by one.",
    ),
    _duration(
        "resolution_time_seconds",
        "elapsed",
        "Time from creation to the standing solve.",
        "Some call its mean a ticket's average handling time.",
    ),
    Kpi(
        family="first_resolution_time_seconds",
        fact=FIRST_SOLVE,
        labels=QUEUE_PRIORITY,
        value=lambda solve: solve.elapsed,
        buckets=SECONDS,
        unit=SECOND,
        help="Time from creation to the first solve.",
        definition="Dated at the first solve; a reopen does not take it back.",
    ),
    _duration(
        "requester_wait_time_seconds",
        "requester_wait",
        "Time in new, open and hold.",
        "Time pending is the customer's own.",
    ),
    _duration(
        "agent_work_time_seconds",
        "agent_work",
        "Time in new and open.",
        "Pending and hold pause it.",
    ),
    _duration(
        "customer_wait_time_seconds",
        "customer_wait",
        "Time in pending.",
        "The team waits for the customer.",
    ),
    _duration(
        "handle_time_seconds",
        "handle",
        "Time in new and open while assigned to an agent.",
        "Time in a queue without an assignee does not count.",
    ),
    Kpi(
        family="replies_to_resolution",
        fact=SOLVED,
        labels=("queue",),
        value=lambda solved: solved.replies,
        buckets=COUNTS,
        help="Replies that a resolved ticket took.",
        definition=STANDING + "Public messages of agents, later ones included.",
    ),
    Kpi(
        family="customer_messages_to_resolution",
        fact=SOLVED,
        labels=("queue",),
        value=lambda solved: solved.customer_messages,
        buckets=COUNTS,
        help="Messages that a customer had to write for a resolved ticket.",
        definition=STANDING + "Public messages, the creation by the customer included: "
        "behavioural effort.",
    ),
)

BUSINESS: Final = (
    _duration(
        "resolution_business_time_seconds",
        "open_elapsed",
        "Resolution time in open time of the business calendar.",
        "0 is observed.",
    ),
    _duration(
        "requester_wait_business_time_seconds",
        "open_requester_wait",
        "Requester wait in open time of the business calendar.",
        "0 is observed.",
    ),
)


def kpis(policy: Policy) -> tuple[Kpi, ...]:
    """Return the KPIs that this policy asks for: business time only with a business calendar."""
    return KPIS if policy.business_calendar is None else KPIS + BUSINESS
