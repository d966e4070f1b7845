"""Agents. Opt-in: only where `agents.enabled` is set."""

from typing import Final

from schemas.scalars import SECOND
from streams.facts.facts import (
    AGENT_CSAT,
    AGENT_ESAT,
    AGENT_FIRST_REPLY,
    AGENT_REOPEN,
    AGENT_REPLY,
    AGENT_SOLVED,
)
from streams.kpis.kpi import SCALE, SECONDS, Column, Kpi


def _seconds(family: str, fact: int, column: str, help_text: str, definition: str) -> Kpi:
    return Kpi(
        family=family,
        fact=fact,
        labels=("agent",),
        value=lambda row: getattr(row, column),
        where=_is_observed if fact == AGENT_SOLVED else None,
        buckets=SECONDS,
        unit=SECOND,
        help=help_text,
        definition=definition,
    )


def _is_observed(solved: Column) -> Column:
    return solved.observed > 0


def _score(family: str, fact: int, help_text: str, definition: str) -> Kpi:
    return Kpi(
        family=family,
        fact=fact,
        labels=("agent", "scale"),
        value=lambda answer: answer.score,
        buckets=SCALE,
        unit=1000,
        help=help_text,
        definition=definition,
    )


KPIS: Final = (
    Kpi(
        family="agent_tickets_resolved",
        fact=AGENT_SOLVED,
        labels=("agent",),
        help="Tickets resolved, by who is credited with the standing solve.",
        definition="The agent named on the solve, else the author of the episode's last reply, "
        "else the assignee.",
    ),
    _seconds(
        "agent_first_response_time_seconds",
        AGENT_FIRST_REPLY,
        "elapsed",
        "First response time, by the agent named on the reply.",
        "As first_response_time_seconds.",
    ),
    _seconds(
        "agent_reply_time_seconds",
        AGENT_REPLY,
        "elapsed",
        "Reply time, by the agent named on the reply.",
        "As reply_time_seconds.",
    ),
    _seconds(
        "agent_handle_time_seconds",
        AGENT_SOLVED,
        "handle",
        "Handle time of tickets, by who is credited with the standing solve.",
        "The ticket's handle time, whoever it was assigned to.",
    ),
    Kpi(
        family="agent_reopens",
        fact=AGENT_REOPEN,
        labels=("agent",),
        help="Reopens, by who was credited with the solve before.",
        definition="At the reopen.",
    ),
    _score(
        "agent_csat_score",
        AGENT_CSAT,
        "Customer satisfaction score, by who was credited with the last solve by then.",
        "Without a solve, the agent that the answer names.",
    ),
    _score(
        "agent_esat_score",
        AGENT_ESAT,
        "Employee satisfaction score, by agent.",
        "The agent that the answer names.",
    ),
)
