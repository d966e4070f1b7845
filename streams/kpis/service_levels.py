"""Service level agreements that were kept and broken."""

from typing import Final

from streams.facts.facts import CLOCK
from streams.kpis.kpi import Kpi

CLOCK_LABELS: Final = ("sla", "target", "queue", "priority")

KPIS: Final = (
    Kpi(
        family="sla_evaluated",
        fact=CLOCK,
        labels=CLOCK_LABELS,
        windows="sla",
        help="SLA targets judged, met or breached.",
        definition="A breach at its deadline, a target met at its fulfilment. Always over the "
        "windows from 5m to 30d.",
    ),
    Kpi(
        family="sla_breached",
        fact=CLOCK,
        labels=CLOCK_LABELS,
        where=lambda clock: clock.breached > 0,
        windows="sla",
        help="SLA targets breached.",
        definition="Dated at the deadline. Attainment = 1 - breached / evaluated.",
    ),
)
