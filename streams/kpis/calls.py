"""Calls by phone."""

from typing import Final

from schemas.scalars import SECOND
from streams.facts.facts import CALL, CALL_ENDED
from streams.kpis.kpi import SECONDS, Example, Kpi
from streams.kpis.promql import share

KPIS: Final = (
    Kpi(
        family="call_handle_time_seconds",
        fact=CALL_ENDED,
        labels=("queue",),
        value=lambda call: call.handle,
        buckets=SECONDS,
        unit=SECOND,
        title="Handle time of calls",
        help="Handle time of answered calls.",
        definition="Talk, hold and wrap-up.",
        formula="talk + hold + wrap-up",
        source="Common contact-centre practice: average handle time",
        example=Example(
            """
            10:00  k1  calls  customer=cora queue=tech talk_seconds=200 hold_seconds=40 wrap_seconds=60
            -> 11:00  call_handle_time_seconds_gsum{queue="tech"} 300
            """  # noqa: E501 (a line of a story is not broken)
        ),
    ),
    Kpi(
        family="call_wait_time_seconds",
        fact=CALL_ENDED,
        labels=("queue",),
        value=lambda call: call.wait,
        buckets=SECONDS,
        unit=SECOND,
        title="Waiting time of calls",
        help="Waiting time of answered calls.",
        definition="Abandoned calls are not in it.",
        formula="time from the call to its answer",
        source="Common contact-centre practice: average speed of answer",
        example=Example(
            """
            10:00  k1  calls     customer=cora queue=tech wait_seconds=45
            10:10  k2  abandons  customer=cyd queue=tech wait_seconds=90
            -> 11:00  call_wait_time_seconds_gcount{queue="tech"} 1
            -> 11:00  call_wait_time_seconds_gsum{queue="tech"} 45
            """
        ),
    ),
    Kpi(
        family="calls",
        fact=CALL,
        labels=("queue",),
        title="Calls offered",
        help="Calls offered: ended and abandoned.",
        definition="At the end of the call.",
        formula="number of calls",
        source="Common contact-centre practice: calls offered",
        example=Example(
            """
            10:00  k1  calls     customer=cora queue=tech
            10:10  k2  abandons  customer=cyd queue=tech
            -> 11:00  calls{queue="tech"} 2
            """
        ),
    ),
    Kpi(
        family="calls_abandoned",
        fact=CALL,
        labels=("queue",),
        where=lambda call: call.abandoned > 0,
        title="Calls abandoned",
        help="Calls whose caller gave up.",
        definition="Abandonment = calls_abandoned / calls. However short the wait was.",
        formula="number of abandoned calls",
        source="Cisco: abandonment rate, there without the shortest waits",
        queries=(share("Abandonment rate", "calls_abandoned", "calls"),),
        example=Example(
            """
            10:00  k1  calls     customer=cora queue=tech
            10:10  k2  abandons  customer=cyd queue=tech
            -> 11:00  calls_abandoned{queue="tech"} 1
            """
        ),
    ),
)
