"""How long tickets take, and who waits for whom meanwhile."""

from typing import Final

from schemas.policy import Policy
from schemas.scalars import SECOND
from streams.facts.facts import FIRST_SOLVE, SOLVED
from streams.kpis.examples import OFFICE
from streams.kpis.kpi import QUEUE_PRIORITY, SECONDS, Column, Example, Kpi
from streams.kpis.resolution import STANDING


def took_no_negative_time(solved: Column) -> Column:
    """Return whether the solve came at or after the creation."""
    return solved.elapsed >= 0


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


KPIS: Final = (
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
    return KPIS if policy.business_calendar is None else KPIS + BUSINESS
