"""Agents. Opt-in: only where `agents.enabled` is set."""

from typing import Final

from schemas.policy import Policy
from schemas.scalars import SECOND
from streams.facts.facts import (
    AGENT_CSAT,
    AGENT_ESAT,
    AGENT_FIRST_REPLY,
    AGENT_REOPEN,
    AGENT_REPLY,
    AGENT_SOLVED,
)
from streams.kpis.examples import AGENTS
from streams.kpis.kpi import SCALE, SECONDS, Column, Example, Kpi
from streams.kpis.satisfaction import good_or_bad

CREDITED: Final = (
    "The agent named on the solve, else the author of the episode's last reply, else the assignee."
)


def _seconds(  # noqa: PLR0913 (the texts of a record)
    column: str,
    *,
    family: str,
    fact: int,
    title: str,
    help_text: str,
    definition: str,
    formula: str,
    source: str,
    example: str,
) -> Kpi:
    return Kpi(
        family=family,
        fact=fact,
        labels=("agent",),
        value=lambda row: getattr(row, column),
        where=_is_observed if fact == AGENT_SOLVED else None,
        buckets=SECONDS,
        unit=SECOND,
        title=title,
        help=help_text,
        definition=definition,
        formula=formula,
        source=source,
        example=Example(example, AGENTS),
    )


def _is_observed(solved: Column) -> Column:
    return solved.observed > 0


def _score(
    family: str, fact: int, *, title: str, help_text: str, definition: str, source: str, kind: str
) -> Kpi:
    return Kpi(
        family=family,
        fact=fact,
        labels=("agent", "scale"),
        value=lambda answer: answer.score,
        buckets=SCALE,
        unit=1000,
        title=title,
        help=help_text,
        definition=definition,
        formula="score of the last answer of each survey",
        source=source,
        example=Example(
            f"""
            10:00  s1  answered  kind={kind} score=4 agent=ann
            -> 11:00  {family}_gsum{{agent="ann",scale="1-5"}} 4
            """,
            AGENTS,
        ),
    )


CSAT: Final = {
    "deskpulse": _score(
        "agent_csat_score",
        AGENT_CSAT,
        title="Customer satisfaction score, by agent",
        help_text="Customer satisfaction score, by who was credited with the last solve by then.",
        definition="Without a solve, the agent that the answer names. " + CREDITED,
        source="Chatwoot credits the assignee at the answer; here it is who solved the ticket",
        kind="csat",
    ),
    "zendesk": good_or_bad(
        "agent_csat_score", AGENT_CSAT, ("agent",), "Customer satisfaction score, by agent"
    ),
}

TIMES: Final = (
    Kpi(
        family="agent_tickets_resolved",
        fact=AGENT_SOLVED,
        labels=("agent",),
        title="Tickets resolved, by agent",
        help="Tickets resolved, by who is credited with the standing solve.",
        definition=CREDITED,
        formula="number of tickets whose standing solve is credited to the agent",
        source="osTicket users: credit goes to who closed the ticket",
        example=Example(
            """
            10:00  t1  created
            10:10  t1  reply    ann
            10:30  t1  solved   bob
            10:00  t2  created
            10:10  t2  reply    ann
            10:30  t2  solved
            -> 11:00  agent_tickets_resolved{agent="ann"} 1
            -> 11:00  agent_tickets_resolved{agent="bob"} 1
            """,
            AGENTS,
        ),
    ),
    _seconds(
        "elapsed",
        family="agent_first_response_time_seconds",
        fact=AGENT_FIRST_REPLY,
        title="First response time, by agent",
        help_text="First response time, by the agent named on the reply.",
        definition="As first_response_time_seconds; a reply that names nobody is not observed.",
        formula="t(first reply) - t(creation)",
        source="Chatwoot: first response is credited to its sender",
        example="""
            10:00  t1  created
            10:05  t1  reply    ann
            -> 11:00  agent_first_response_time_seconds_gsum{agent="ann"} 300
            """,
    ),
    _seconds(
        "elapsed",
        family="agent_reply_time_seconds",
        fact=AGENT_REPLY,
        title="Reply time, by agent",
        help_text="Reply time, by the agent named on the reply.",
        definition="As reply_time_seconds; a reply that names nobody is not observed.",
        formula="t(reply) - t(oldest unanswered message of the customer)",
        source="Chatwoot: reply time, there credited to the assignee",
        example="""
            10:00  t1  created
            10:05  t1  reply    ann
            10:10  t1  writes
            10:20  t1  reply    bob
            -> 11:00  agent_reply_time_seconds_gsum{agent="bob"} 600
            """,
    ),
    _seconds(
        "handle",
        family="agent_handle_time_seconds",
        fact=AGENT_SOLVED,
        title="Handle time, by agent",
        help_text="Handle time of tickets, by who is credited with the standing solve.",
        definition="The ticket's handle time, whoever it was assigned to. " + CREDITED,
        formula="sum of the times in new and open with an assignee, until the standing solve",
        source="Intercom: handling time",
        example="""
            10:00  t1  created
            10:10  t1  assigned  agent=ann
            10:30  t1  solved    bob
            -> 11:00  agent_handle_time_seconds_gsum{agent="bob"} 1200
            """,
    ),
    Kpi(
        family="agent_reopens",
        fact=AGENT_REOPEN,
        labels=("agent",),
        title="Reopens, by agent",
        help="Reopens, by who was credited with the solve before.",
        definition="At the reopen. " + CREDITED,
        formula="number of reopens after a solve that is credited to the agent",
        source="Zammad counts by owner; here it is who solved the ticket",
        example=Example(
            """
            10:00  t1  created
            10:30  t1  solved    ann
            10:40  t1  assigned  agent=bob
            10:45  t1  open
            -> 11:00  agent_reopens{agent="ann"} 1
            """,
            AGENTS,
        ),
    ),
)

ESAT_SCORE: Final = _score(
    "agent_esat_score",
    AGENT_ESAT,
    title="Employee satisfaction score, by agent",
    help_text="Employee satisfaction score, by agent.",
    definition="The agent that the answer names.",
    source="Common practice; mind that few answers tell who gave them",
    kind="esat",
)


def kpis(policy: Policy) -> tuple[Kpi, ...]:
    """Return the KPIs of agents that this policy asks for; none unless they are enabled."""
    if not policy.agents.enabled:
        return ()
    return (*TIMES, CSAT[policy.definitions.csat], ESAT_SCORE)
