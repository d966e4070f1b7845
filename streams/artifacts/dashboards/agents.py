"""How does the work go, agent by agent?"""

from collections.abc import Iterator
from typing import Final

from streams.artifacts.dashboards.board import Board, Section
from streams.artifacts.dashboards.chapter import Chapter
from streams.artifacts.dashboards.desk import Desk
from streams.artifacts.dashboards.every_number import every_number
from streams.artifacts.dashboards.panels import (
    COUNT,
    PLAIN,
    SECONDS,
    SHARE,
    Column,
    Panel,
    Query,
    bars_panel,
    table_panel,
    trend_panel,
)
from streams.artifacts.dashboards.wanted import Target, not_above

# Room for a bar of each of some twenty agents.
TALL: Final = (8, 13)


def sections(desk: Desk) -> Iterator[Section]:
    """Yield a table of agents, then what has more than one number for each."""
    if not desk.policy.agents.enabled:
        return
    yield Section("", [*compared_agents(desk), *details(desk)])
    yield every_number(desk, Chapter.AGENTS)


def compared_agents(desk: Desk) -> Iterator[Panel]:
    """Yield the table: a row an agent."""
    counts = {
        "agent_tickets_resolved": "Tickets resolved",
        "agent_reopens": "Reopened afterwards",
    }
    times: dict[str, tuple[str, Target]] = {
        "agent_first_response_time_seconds": ("First answer, 90 % within", "first_response_p90"),
        "agent_reply_time_seconds": ("Any answer, 90 % within", "reply_p90"),
    }
    columns = [
        *(
            Column(title, desk.count(family, "agent"), COUNT)
            for family, title in counts.items()
            if desk.has(family)
        ),
        *(
            Column(title, desk.quantile(family, 0.9, "agent"), SECONDS, not_above(desk, target))
            for family, (title, target) in times.items()
            if desk.has(family)
        ),
    ]
    if desk.has("agent_handle_time_seconds"):
        handled = desk.mean("agent_handle_time_seconds", "agent")
        columns.append(Column("Mean handle time", handled, SECONDS))
    if columns:
        yield table_panel(
            "How does each agent's work go?",
            "Who is credited with what over $window. Few tickets say little: look at the count "
            "first.",
            columns,
            {"agent": "Agent"},
            size=(24, 12),
        )


def details(desk: Desk) -> Iterator[Panel]:
    """Yield satisfaction, call-backs, and how much each one solved."""
    if desk.has("agent_csat_score"):
        yield bars_panel(
            "Whose customers are satisfied?",
            "Mean score of the surveys of each agent's customers, by scale, over $window.",
            [Query(desk.mean("agent_csat_score", "agent"), "{{agent}} on {{scale}}")],
            PLAIN,
            size=TALL,
        )
    callbacks = ("agent_acr_resolved", "agent_acr_eligible")
    if desk.has(*callbacks):
        within = f"{max(desk.policy.acr.days)}d"
        yield bars_panel(
            "Whose customers stay away afterwards?",
            "Share of an agent's interactions after which the customer did not come back within "
            f"{within}, over $window.",
            [Query(desk.share(*callbacks, "agent", within=within), "{{agent}}")],
            SHARE,
            size=TALL,
        )
    if desk.has("agent_esat_score"):
        yield bars_panel(
            "How are the agents?",
            "Mean score that agents gave in surveys, by scale, over $window.",
            [Query(desk.mean("agent_esat_score", "agent"), "{{agent}} on {{scale}}")],
            PLAIN,
            size=TALL,
        )
    if desk.has("agent_tickets_resolved"):
        yield trend_panel(
            "Who solves how much?",
            "Tickets resolved, by who is credited with it, over $window.",
            [Query(desk.count("agent_tickets_resolved", "agent"), "{{agent}}")],
            COUNT,
            size=(24, 8),
        )


BOARD: Final = Board(
    chapter=Chapter.AGENTS,
    question="How does the work go, agent by agent?",
    sections=sections,
    instead="Numbers by agent are off. Set `agents: {enabled: true}` in `deskpulse.yaml` to show "
    "them, with `agents.allow` for those who are to be shown by name.",
)
