"""How soon customers hear from a person."""

from typing import Final

from schemas.policy import Policy
from schemas.scalars import SECOND
from streams.facts.facts import FIRST_REPLY, HANDOFF_REPLY, REPLY
from streams.kpis.examples import OFFICE
from streams.kpis.kpi import QUEUE_PRIORITY, SECONDS, Column, Example, Kpi


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
        title="First response time",
        help="Time from the creation of a ticket to the first public reply of an agent.",
        definition="A bot's or private message is no reply. Not for tickets that an agent "
        "opened. Dated at the reply; a reply before the creation is an anomaly instead.",
        formula="t(first reply) - t(creation)",
        source="Zendesk: first reply time; Gorgias: first response time, without tickets that "
        "agents opened",
        example=Example(
            """
            10:00  t1  created  queue=tech priority=high
            10:01  t1  bot
            10:02  t1  note     ann
            10:05  t1  reply    ann
            -> 11:00  first_response_time_seconds_gcount{queue="tech",priority="high"} 1
            -> 11:00  first_response_time_seconds_gsum{queue="tech",priority="high"} 300
            -> 11:00  first_response_time_seconds_bucket{le="300.0"} 1
            """
        ),
    ),
    Kpi(
        family="first_response_from_handoff_time_seconds",
        fact=HANDOFF_REPLY,
        labels=QUEUE_PRIORITY,
        value=elapsed,
        buckets=SECONDS,
        unit=SECOND,
        title="First response time from the hand-off",
        help="Time from the first hand-off to an agent to the first reply after it.",
        definition="Dated at the reply; also for tickets that an agent opened.",
        formula="t(first reply after the hand-off) - t(first hand-off to an agent)",
        source="Chatwoot: first response counts from the bot's hand-off",
        example=Example(
            """
            10:00  t1  created  bot=true
            10:01  t1  bot
            10:10  t1  handoff
            10:12  t1  reply    ann
            -> 11:00  first_response_from_handoff_time_seconds_gsum 120
            -> 11:00  first_response_time_seconds_gsum 720
            """
        ),
    ),
    Kpi(
        family="reply_time_seconds",
        fact=REPLY,
        labels=QUEUE_PRIORITY,
        value=elapsed,
        buckets=SECONDS,
        unit=SECOND,
        title="Reply time",
        help="Time that a customer waited for a reply.",
        definition="Starts at creation by the customer, at the oldest unanswered public message, "
        "or at a reopen after an unanswered message; ends at the reply, where it is dated. "
        "A waiting that a solve ends is not observed.",
        formula="t(reply) - t(oldest unanswered message of the customer)",
        source="Zendesk: next reply time; Chatwoot: reply time",
        example=Example(
            """
            10:00  t1  created
            10:05  t1  reply    ann
            10:06  t1  reply    ann
            11:00  t1  writes
            11:08  t1  writes
            11:10  t1  reply    bob
            -> 12:00  reply_time_seconds_gcount 2
            -> 12:00  reply_time_seconds_gsum 900
            """
        ),
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
        title="First response time in business time",
        help="First response time in open time of the business calendar.",
        definition="As first_response_time_seconds; 0 is observed.",
        formula="open time in [creation, first reply]",
        source="Zendesk: first reply time in business hours",
        example=Example(
            """
            14:50     t1  created
            +1 07:10  t1  reply    ann
            -> +1 08:00  first_response_business_time_seconds_gsum 1200
            -> +1 08:00  first_response_time_seconds_gsum 58800
            """,
            OFFICE,
        ),
    ),
    Kpi(
        family="reply_business_time_seconds",
        fact=REPLY,
        labels=QUEUE_PRIORITY,
        value=open_elapsed,
        buckets=SECONDS,
        unit=SECOND,
        title="Reply time in business time",
        help="Reply time in open time of the business calendar.",
        definition="As reply_time_seconds; 0 is observed.",
        formula="open time in [oldest unanswered message of the customer, reply]",
        source="Intercom: time to reply without the time out of office hours",
        example=Example(
            """
            10:00     t1  created
            10:05     t1  reply    ann
            15:30     t1  writes
            +1 07:10  t1  reply    ann
            -> +1 08:00  reply_business_time_seconds_gcount 2
            -> +1 08:00  reply_business_time_seconds_gsum 900
            """,
            OFFICE,
        ),
    ),
)


def kpis(policy: Policy) -> tuple[Kpi, ...]:
    """Return the KPIs that this policy asks for: business time only with a business calendar."""
    return KPIS if policy.business_calendar is None else KPIS + BUSINESS
