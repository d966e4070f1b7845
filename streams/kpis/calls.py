"""Calls by phone."""

from typing import Final

from schemas.scalars import SECOND
from streams.facts.facts import CALL, CALL_ENDED
from streams.kpis.kpi import SECONDS, Kpi

KPIS: Final = (
    Kpi(
        family="call_handle_time_seconds",
        fact=CALL_ENDED,
        labels=("queue",),
        value=lambda call: call.handle,
        buckets=SECONDS,
        unit=SECOND,
        help="Handle time of answered calls.",
        definition="Talk, hold and wrap-up.",
    ),
    Kpi(
        family="call_wait_time_seconds",
        fact=CALL_ENDED,
        labels=("queue",),
        value=lambda call: call.wait,
        buckets=SECONDS,
        unit=SECOND,
        help="Waiting time of answered calls.",
        definition="Abandoned calls are not in it.",
    ),
    Kpi(
        family="calls",
        fact=CALL,
        labels=("queue",),
        help="Calls offered: ended and abandoned.",
        definition="At the end of the call.",
    ),
    Kpi(
        family="calls_abandoned",
        fact=CALL,
        labels=("queue",),
        where=lambda call: call.abandoned > 0,
        help="Calls whose caller gave up.",
        definition="Abandonment = calls_abandoned / calls.",
    ),
)
