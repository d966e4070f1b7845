"""Do we keep what we promised?"""

from collections.abc import Iterator
from typing import Final

from streams.artifacts.alerts import BURN_RATES
from streams.artifacts.dashboards.board import Board, Section
from streams.artifacts.dashboards.chapter import Chapter, runbooks
from streams.artifacts.dashboards.desk import JUDGED, Desk, selector
from streams.artifacts.dashboards.every_number import every_number
from streams.artifacts.dashboards.panels import (
    COUNT,
    FREE,
    PLAIN,
    SECONDS,
    SHARE,
    Limits,
    Links,
    Panel,
    Query,
    Size,
    at_least,
    at_most,
    bars_panel,
    stat_panel,
    trend_panel,
)
from streams.artifacts.dashboards.wanted import DASHED, compared
from streams.artifacts.recordings import BUDGET_LEFT, OBJECTIVE, SLA, SLA_BREACHED
from streams.artifacts.rule import aggregate, one_of, recorded
from streams.kpis.service_levels import NEXT_DEADLINE


def sections(desk: Desk) -> Iterator[Section]:
    """Yield how SLAs are kept, what is about to be missed, and where."""
    if not desk.policy.sla:
        return
    judged = desk.has(*JUDGED)
    yield Section("", [*(kept(desk) if judged else ()), *open_now(desk)])
    yield Section("Where it goes wrong", list(where(desk)))
    yield every_number(desk, Chapter.SLA)


def attainment_panel(desk: Desk, size: Size, more: Links = ()) -> Panel:
    """Return the share of targets met by SLA, each judged by its own objective."""
    return stat_panel(
        "Do we keep our SLAs?",
        "Share of the SLA targets judged over $window that were met, by SLA; red below the "
        "SLA's objective.",
        compared(
            desk,
            lambda prefix: desk.attainment("sla", prefix=prefix),
            "{{sla}}",
            "{{sla}} before",
        ),
        SHARE,
        limits=objectives(desk),
        links=[*runbooks(desk, "HelpdeskSlaErrorBudgetBurn"), *more],
        size=size,
    )


def overdue_panel(desk: Desk, size: Size, more: Links = ()) -> Panel:
    """Return how many clocks are past their deadline."""
    return stat_panel(
        "What is overdue now?",
        "SLA clocks past their deadline and not fulfilled yet; a ticket may have several.",
        [Query(desk.number_now("sla_overdue"), "overdue")],
        COUNT,
        limits=at_most(desk.settings.alerts.overdue_tickets + 1),
        links=[*runbooks(desk, "HelpdeskSlaOverdue"), *more],
        size=size,
    )


def objectives(desk: Desk) -> Limits:
    """Return the limits of each SLA by its objective."""
    own = {
        f"{sla.id}{when}": at_least(sla.objective)
        for sla in desk.policy.sla
        for when in ("", " before")
        if sla.objective is not None
    }
    return Limits(FREE.steps, own)


def kept(desk: Desk) -> Iterator[Panel]:
    """Yield what was kept, and what is left of the budget of misses."""
    yield attainment_panel(desk, size=(8, 5))
    if not any(sla.objective is not None for sla in desk.policy.sla):
        return
    yield stat_panel(
        "How much of the error budget is left?",
        "Of the misses that an SLA's objective allows in 30 days, the share not used up; all "
        "queues. Below 0 the objective is missed.",
        [Query(selector(BUDGET_LEFT), "{{sla}}")],
        SHARE,
        limits=at_least(0),
        links=runbooks(desk, "HelpdeskSlaErrorBudgetBurn"),
        size=(6, 5),
    )


def open_now(desk: Desk) -> Iterator[Panel]:
    """Yield the clocks that run or ran out."""
    yield overdue_panel(desk, size=(5, 5))
    yield stat_panel(
        "What is due soon?",
        "Running SLA clocks with little of their time left.",
        [Query(desk.number_now("sla_due_soon"), "due soon")],
        COUNT,
        limits=at_most(desk.settings.alerts.due_soon_tickets + 1),
        links=runbooks(desk, "HelpdeskSlaDueSoon"),
        size=(5, 5),
    )
    if desk.has(*JUDGED):
        yield trend_panel(
            "How did we keep our SLAs over time?",
            "Share of targets met over $window, and the objective of each SLA.",
            [
                Query(desk.attainment("sla"), "{{sla}}"),
                Query(selector(OBJECTIVE), "objective {{sla}}"),
            ],
            SHARE,
            dashed=DASHED,
            links=runbooks(desk, "HelpdeskSlaErrorBudgetBurn"),
        )
        yield burning(desk)


def burning(desk: Desk) -> Panel:
    """Return how fast the budget of misses is used up."""
    share = recorded((*SLA, "window"), SLA_BREACHED, "ratio")
    windows = one_of(long for long, _, _, _ in BURN_RATES)
    missed = selector(share, matchers=[f"window=~{windows}"])
    return trend_panel(
        "How fast is the error budget used up?",
        "Share of targets missed in each window by what the objective allows; 1 uses up the "
        "budget in 30 days. All queues.",
        [
            Query(
                f"{missed} / on (job, sla) group_left () (1 - {selector(OBJECTIVE)})",
                "{{sla}} {{window}}",
            )
        ],
        PLAIN,
        limits=at_most(1),
        links=runbooks(desk, "HelpdeskSlaErrorBudgetBurn"),
    )


def where(desk: Desk) -> Iterator[Panel]:
    """Yield which promises are missed, and in which queue."""
    if desk.has(*JUDGED):
        yield bars_panel(
            "Which promise do we miss most?",
            "Share of targets missed over $window, by SLA and target.",
            [Query(desk.share(*JUDGED, "sla", "target"), "{{sla}}: {{target}}")],
            SHARE,
        )
        yield bars_panel(
            "Which queue misses most?",
            "Share of targets missed over $window, by queue.",
            [Query(desk.share(*JUDGED, "queue"), "{{queue}}")],
            SHARE,
        )
    yield bars_panel(
        "Where is something overdue?",
        "SLA clocks past their deadline, by queue and target.",
        [Query(desk.count("sla_overdue", "queue", "target"), "{{queue}}: {{target}}")],
        COUNT,
        limits=at_most(desk.settings.alerts.overdue_tickets + 1),
        links=runbooks(desk, "HelpdeskSlaOverdue"),
    )
    deadline = aggregate("min", selector(NEXT_DEADLINE.name), *NEXT_DEADLINE.labels)
    yield stat_panel(
        "When is the next deadline?",
        "Time left until the next deadline of a running clock, by SLA and target.",
        [Query(f"{deadline} - time()", "{{sla}}: {{target}}")],
        SECONDS,
        links=runbooks(desk, "HelpdeskSlaDueSoon"),
        size=(24, 4),
    )


BOARD: Final = Board(
    chapter=Chapter.SLA,
    question="Do we keep what we promised?",
    sections=sections,
    windows="sla",
    window="7d",
    instead="No service level is configured. Describe what you promise in `sla` of "
    "`deskpulse.yaml`: for whom, how soon, and which share of it you mean to keep.",
)
