"""How much comes in."""

from typing import Final

from streams.facts.facts import OPENED
from streams.kpis.kpi import D, Kpi

KPIS: Final = (
    Kpi(
        family="tickets_opened",
        fact=OPENED,
        labels=D,
        help="Tickets created.",
        definition="Dated at the creation; excluded tickets leave it again.",
    ),
    Kpi(
        family="tickets_opened_by_topic",
        fact=OPENED,
        labels=("topic",),
        help="Tickets created, by topic.",
        definition="As tickets_opened.",
    ),
)
