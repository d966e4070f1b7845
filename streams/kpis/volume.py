"""How much comes in."""

from typing import Final

from streams.facts.facts import OPENED
from streams.kpis.kpi import D, Example, Kpi

KPIS: Final = (
    Kpi(
        family="tickets_opened",
        fact=OPENED,
        labels=D,
        title="Tickets opened",
        help="Tickets created.",
        definition="Dated at the creation; excluded tickets leave it again.",
        formula="number of tickets created in the window",
        source="Freshdesk and Help Scout: spam, deleted and merged tickets do not count",
        example=Example(
            """
            10:00  t1  created  queue=tech channel=web
            10:10  t2  created  queue=tech channel=chat
            10:20  t2  spam
            -> 10:15  tickets_opened{queue="tech"} 2
            -> 11:00  tickets_opened{queue="tech"} 1
            """
        ),
    ),
    Kpi(
        family="tickets_opened_by_topic",
        fact=OPENED,
        labels=("topic",),
        title="Tickets opened, by topic",
        help="Tickets created, by topic.",
        definition="As tickets_opened. A topic that is set later counts from the creation on.",
        formula="number of tickets created in the window",
        source="Chatwoot: label reports",
        example=Example(
            """
            10:00  t1  created
            10:10  t1  updated  topic=refund
            -> 11:00  tickets_opened_by_topic{topic="refund"} 1
            """
        ),
    ),
)
