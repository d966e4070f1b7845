"""How well tickets go: reopens, transfers, escalations, the tick box, odd data."""

from typing import Final

from streams.facts.facts import (
    ANOMALY,
    ESCALATION,
    HANDOFF,
    REOPENED,
    SOLVED,
    TICKED_YES,
    TRANSFER,
)
from streams.kpis.kpi import D, Example, Kpi
from streams.kpis.promql import ratio, share

TICKED: Final = Example(
    """
    10:00  t1  created
    10:20  t1  updated  first_contact_resolved=true
    10:30  t1  solved   ann
    10:00  t2  created
    10:30  t2  solved   ann
    10:40  t2  updated  first_contact_resolved=false
    -> 11:00  fcr_marked 2
    -> 11:00  fcr_marked_yes 1
    """
)

KPIS: Final = (
    Kpi(
        family="ticket_reopens",
        fact=REOPENED,
        labels=D,
        title="Reopens",
        help="Reopens of tickets.",
        definition="Each change from solved or closed to another status, dated there.",
        formula="number of changes from solved or closed to new, open, pending or hold",
        source="Zendesk: reopens",
        example=Example(
            """
            10:00  t1  created
            10:30  t1  solved
            10:40  t1  open
            10:50  t1  solved
            11:00  t1  open
            -> 11:30  ticket_reopens 2
            -> 11:30  tickets_reopened 1
            """
        ),
    ),
    Kpi(
        family="tickets_reopened",
        fact=REOPENED,
        labels=D,
        where=lambda reopen: reopen.first > 0,
        title="Tickets reopened",
        help="Tickets reopened.",
        definition="The first reopen of a ticket.",
        formula="number of tickets whose first reopen lies in the window",
        source="Zammad: reopened tickets, each once",
        queries=(ratio("Reopen rate", "tickets_reopened", "tickets_resolved"),),
        example=Example(
            """
            10:00  t1  created
            10:30  t1  solved
            10:40  t1  open
            -> 11:00  tickets_reopened 1
            """
        ),
    ),
    Kpi(
        family="ticket_transfers",
        fact=TRANSFER,
        labels=("kind", "queue"),
        title="Transfers",
        help="Changes from one agent or queue to another.",
        definition="After the first human touch; a change to none is not one, "
        "A to none to B is one, at B.",
        formula="number of changes from one agent (queue) to another after the first touch",
        source="Intercom: reassignments after a teammate's reply; Zendesk: stations",
        example=Example(
            """
            10:00  t1  created   queue=tech
            10:01  t1  assigned  agent=ann
            10:02  t1  assigned  agent=bob
            10:10  t1  reply     bob
            10:20  t1  assigned  agent=null
            10:30  t1  assigned  agent=cid queue=billing
            -> 11:00  ticket_transfers{kind="agent"} 1
            -> 11:00  ticket_transfers{kind="queue",queue="billing"} 1
            """
        ),
    ),
    Kpi(
        family="tickets_resolved_transferred",
        fact=SOLVED,
        labels=D,
        where=lambda solved: solved.transfers > 0,
        title="Tickets resolved after a transfer",
        help="Tickets resolved that were transferred at least once.",
        definition="Dated at the standing solve.",
        formula="number of resolved tickets with transfers >= 1",
        source="Intercom: reassigned conversations",
        queries=(share("Transfer rate", "tickets_resolved_transferred", "tickets_resolved"),),
        example=Example(
            """
            10:00  t1  created
            10:01  t1  assigned  agent=ann
            10:10  t1  reply     ann
            10:20  t1  assigned  agent=bob
            10:30  t1  solved    bob
            -> 11:00  tickets_resolved_transferred 1
            """
        ),
    ),
    Kpi(
        family="tickets_resolved_escalated",
        fact=SOLVED,
        labels=D,
        where=lambda solved: solved.escalations > 0,
        title="Tickets resolved after an escalation",
        help="Tickets resolved that were escalated at least once.",
        definition="Dated at the standing solve.",
        formula="number of resolved tickets with escalations >= 1",
        source="Common contact-centre practice: escalation rate",
        queries=(share("Escalation rate", "tickets_resolved_escalated", "tickets_resolved"),),
        example=Example(
            """
            10:00  t1  created
            10:10  t1  escalated  tier=2
            10:30  t1  solved     ann
            -> 11:00  tickets_resolved_escalated 1
            """
        ),
    ),
    Kpi(
        family="ticket_escalations",
        fact=ESCALATION,
        labels=("queue",),
        title="Escalations",
        help="Escalations.",
        definition="Each, where it happened.",
        formula="number of escalations in the window",
        source="Common contact-centre practice: escalations",
        example=Example(
            """
            10:00  t1  created    queue=tech
            10:10  t1  escalated  tier=2
            10:20  t1  escalated  tier=3
            -> 11:00  ticket_escalations{queue="tech"} 2
            """
        ),
    ),
    Kpi(
        family="bot_handoffs",
        fact=HANDOFF,
        labels=("queue",),
        title="Hand-offs from bots",
        help="Hand-offs from a bot to an agent.",
        definition="Each, where it happened.",
        formula="number of hand-offs to an agent in the window",
        source="Chatwoot: bot hand-offs (there only the first of a conversation)",
        example=Example(
            """
            10:00  t1  created  queue=tech bot=true
            10:01  t1  bot
            10:05  t1  handoff
            -> 11:00  bot_handoffs{queue="tech"} 1
            """
        ),
    ),
    Kpi(
        family="fcr_marked",
        fact=SOLVED,
        labels=D,
        where=lambda solved: solved.tick_box > 0,
        title="Tickets with a tick box for first contact resolution",
        help="Tickets resolved whose tick box for first contact resolution was set.",
        definition="Dated at the standing solve.",
        formula="number of resolved tickets whose tick box has a value",
        source="Common contact-centre practice: resolution at first contact as agents mark it",
        example=TICKED,
    ),
    Kpi(
        family="fcr_marked_yes",
        fact=SOLVED,
        labels=D,
        where=lambda solved: solved.tick_box == TICKED_YES,
        title="Tickets marked as resolved at first contact",
        help="Tickets resolved that agents marked as resolved at first contact.",
        definition="The last value of the tick box; dated at the standing solve.",
        formula="number of resolved tickets whose tick box says yes",
        source="Common contact-centre practice: resolution at first contact as agents mark it",
        queries=(share("First contact resolution by agents", "fcr_marked_yes", "fcr_marked"),),
        example=TICKED,
    ),
    Kpi(
        family="anomalies",
        fact=ANOMALY,
        labels=("reason",),
        title="Anomalies",
        help="Durations that came out negative and were not observed.",
        definition="Dated at the end of the duration.",
        formula="number of durations whose end lies before their start",
        source="Deskpulse: odd clocks of sources show here instead of spoiling a mean",
        example=Example(
            """
            10:00  t1  created
            09:50  t1  reply    ann
            -> 11:00  anomalies{reason="negative_first_response_time"} 1
            -> 11:00  first_response_time_seconds_gcount 0
            """
        ),
    ),
)
