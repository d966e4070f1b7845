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
from streams.kpis.kpi import D, Kpi

KPIS: Final = (
    Kpi(
        family="ticket_reopens",
        fact=REOPENED,
        labels=D,
        help="Reopens of tickets.",
        definition="Each change from solved or closed to another status, dated there.",
    ),
    Kpi(
        family="tickets_reopened",
        fact=REOPENED,
        labels=D,
        where=lambda reopen: reopen.first > 0,
        help="Tickets reopened.",
        definition="The first reopen of a ticket.",
    ),
    Kpi(
        family="ticket_transfers",
        fact=TRANSFER,
        labels=("kind", "queue"),
        help="Changes from one agent or queue to another.",
        definition="After the first human touch; a change to none is not one, "
        "A to none to B is one, at B.",
    ),
    Kpi(
        family="tickets_resolved_transferred",
        fact=SOLVED,
        labels=D,
        where=lambda solved: solved.transfers > 0,
        help="Tickets resolved that were transferred at least once.",
        definition="Dated at the standing solve.",
    ),
    Kpi(
        family="tickets_resolved_escalated",
        fact=SOLVED,
        labels=D,
        where=lambda solved: solved.escalations > 0,
        help="Tickets resolved that were escalated at least once.",
        definition="Dated at the standing solve.",
    ),
    Kpi(
        family="ticket_escalations",
        fact=ESCALATION,
        labels=("queue",),
        help="Escalations.",
        definition="Each, where it happened.",
    ),
    Kpi(
        family="bot_handoffs",
        fact=HANDOFF,
        labels=("queue",),
        help="Hand-offs from a bot to an agent.",
        definition="Each, where it happened.",
    ),
    Kpi(
        family="fcr_marked",
        fact=SOLVED,
        labels=D,
        where=lambda solved: solved.tick_box > 0,
        help="Tickets resolved whose tick box for first contact resolution was set.",
        definition="Dated at the standing solve.",
    ),
    Kpi(
        family="fcr_marked_yes",
        fact=SOLVED,
        labels=D,
        where=lambda solved: solved.tick_box == TICKED_YES,
        help="Tickets resolved that agents marked as resolved at first contact.",
        definition="The last value of the tick box; dated at the standing solve.",
    ),
    Kpi(
        family="anomalies",
        fact=ANOMALY,
        labels=("reason",),
        help="Durations that came out negative and were not observed.",
        definition="Dated at the end of the duration.",
    ),
)
