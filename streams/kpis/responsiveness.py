"""How soon customers hear from a person."""

from typing import Final

from schemas.policy import Policy
from schemas.scalars import SECOND
from streams.facts.facts import FIRST_REPLY, HANDOFF_REPLY, REPLY
from streams.kpis.kpi import QUEUE_PRIORITY, SECONDS, Column, Kpi


def elapsed(reply: Column) -> Column:
    """Return creation (or start of the waiting) to reply."""
    return reply.elapsed


def open_elapsed(reply: Column) -> Column:
    """Return the same in open time of the business calendar."""
    return reply.open_elapsed


KPIS: Final = (
    Kpi(
        family="first_response_time_seconds",
        fact=FIRST_REPLY,
        labels=QUEUE_PRIORITY,
        value=elapsed,
        buckets=SECONDS,
        unit=SECOND,
        help="Time from the creation of a ticket to the first public reply of an agent.",
        definition="A bot's or private message is no reply. Not for tickets that an agent "
        "opened. Dated at the reply; a reply before the creation is an anomaly instead.",
    ),
    Kpi(
        family="first_response_from_handoff_time_seconds",
        fact=HANDOFF_REPLY,
        labels=QUEUE_PRIORITY,
        value=elapsed,
        buckets=SECONDS,
        unit=SECOND,
        help="Time from the first hand-off to an agent to the first reply after it.",
        definition="Dated at the reply; also for tickets that an agent opened.",
    ),
    Kpi(
        family="reply_time_seconds",
        fact=REPLY,
        labels=QUEUE_PRIORITY,
        value=elapsed,
        buckets=SECONDS,
        unit=SECOND,
        help="Time that a customer waited for a reply.",
        definition="Starts at creation by the customer, at the oldest unanswered public message, "
        "or at a reopen after an unanswered message; ends at the reply, where it is dated. "
        "A waiting that a solve ends is not observed.",
    ),
)

BUSINESS: Final = (
    Kpi(
        family="first_response_business_time_seconds",
        fact=FIRST_REPLY,
        labels=QUEUE_PRIORITY,
        value=open_elapsed,
        buckets=SECONDS,
        unit=SECOND,
        help="First response time in open time of the business calendar.",
        definition="As first_response_time_seconds; 0 is observed.",
    ),
    Kpi(
        family="reply_business_time_seconds",
        fact=REPLY,
        labels=QUEUE_PRIORITY,
        value=open_elapsed,
        buckets=SECONDS,
        unit=SECOND,
        help="Reply time in open time of the business calendar.",
        definition="As reply_time_seconds; 0 is observed.",
    ),
)


def kpis(policy: Policy) -> tuple[Kpi, ...]:
    """Return the KPIs that this policy asks for: business time only with a business calendar."""
    return KPIS if policy.business_calendar is None else KPIS + BUSINESS
