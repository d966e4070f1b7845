"""Is service good now?"""

from collections.abc import Iterator
from typing import Final

from schemas.scalars import SECOND
from streams.artifacts.dashboards.board import Board, Section
from streams.artifacts.dashboards.chapter import Chapter, runbooks, to
from streams.artifacts.dashboards.desk import Desk, selector
from streams.artifacts.dashboards.every_number import every_number
from streams.artifacts.dashboards.panels import (
    BAD,
    COUNT,
    FREE,
    GOOD,
    PLAIN,
    SECONDS,
    SHARE,
    Panel,
    Query,
    at_least,
    at_most,
    stat_panel,
    trend_panel,
)
from streams.artifacts.dashboards.service_levels import attainment_panel
from streams.artifacts.dashboards.wanted import DASHED, compared, lines, not_above, not_below
from streams.artifacts.rule import aggregate
from streams.exposition.pipeline import COLLECT_SUCCESS, READY

UP: Final = "up"


def sections(desk: Desk) -> Iterator[Section]:
    """Yield what tells at a glance whether service is good, and the configuration."""
    yield Section("", [*promises(desk), *customers(desk), *work(desk)])
    yield every_number(desk, Chapter.OVERVIEW)


def promises(desk: Desk) -> Iterator[Panel]:
    """Yield what was promised, and who waits."""
    if desk.has("sla_evaluated", "sla_breached"):
        yield attainment_panel(desk, size=(6, 5))
    if desk.has("sla_overdue"):
        yield stat_panel(
            "What is overdue now?",
            "SLA clocks past their deadline and not fulfilled yet; a ticket may have several.",
            [Query(desk.number_now("sla_overdue"), "overdue")],
            COUNT,
            limits=at_most(desk.settings.alerts.overdue_tickets + 1),
            links=[*runbooks(desk, "HelpdeskSlaOverdue"), to(Chapter.SLA)],
        )
    yield stat_panel(
        "How many customers wait for a reply now?",
        "Unresolved tickets with a public message of the customer that nobody answered.",
        [Query(desk.number_now("tickets_waiting"), "waiting")],
        COUNT,
        links=[to(Chapter.SPEED)],
    )
    yield stat_panel(
        "How long has the oldest waited?",
        "Time since the message of the customer who has waited longest for a reply.",
        [Query(f"time() - {desk.oldest()}", "oldest")],
        SECONDS,
        limits=at_most(desk.settings.alerts.oldest_waiting / SECOND),
        links=[*runbooks(desk, "HelpdeskOldestWaiting"), to(Chapter.SPEED)],
    )


def customers(desk: Desk) -> Iterator[Panel]:
    """Yield what customers feel."""
    family = "first_response_time_seconds"
    if desk.has(family):
        yield stat_panel(
            "How long do customers wait for a first answer?",
            "From the creation of a ticket to the first public reply of a person, over $window.",
            [
                Query(desk.quantile(family, 0.5), "half within"),
                *compared(
                    desk,
                    lambda prefix: desk.quantile(family, 0.9, prefix=prefix),
                    "90 % within",
                    "90 % before",
                ),
            ],
            SECONDS,
            limits=FREE.of("90 % within", not_above(desk, "first_response_p90")),
            links=[
                *runbooks(desk, "HelpdeskFirstResponseSlow", "HelpdeskFirstResponseShareLow"),
                to(Chapter.SPEED),
            ],
        )
    if desk.has("csat_score"):
        yield stat_panel(
            "Are customers satisfied?",
            "Mean score of answered surveys, by the scale of the survey, over $window.",
            compared(
                desk,
                lambda prefix: desk.mean("csat_score", prefix=prefix),
                "on {{scale}}",
                "on {{scale}} before",
            ),
            PLAIN,
            limits=not_below(desk, "csat_mean"),
            links=[*runbooks(desk, "HelpdeskCsatFalling"), to(Chapter.QUALITY)],
        )
    if desk.has("fcr_resolved", "fcr_eligible"):
        yield stat_panel(
            "Is one contact enough?",
            "Share of tickets that were resolved at first contact, over $window.",
            compared(
                desk, lambda prefix: desk.share("fcr_resolved", "fcr_eligible", prefix=prefix)
            ),
            SHARE,
            limits=not_below(desk, "fcr_rate"),
            links=[
                *runbooks(desk, "HelpdeskFirstContactResolutionFalling"),
                to(Chapter.QUALITY),
            ],
        )
    yield healthy(desk)


def healthy(desk: Desk) -> Panel:
    """Return whether the numbers can be believed."""
    whole = " * ".join(
        aggregate("min", selector(name)) for name in (UP, READY.name, COLLECT_SUCCESS.name)
    )
    return stat_panel(
        "Can these numbers be believed?",
        "Whether every worker answers, has recovered its partitions and shows its KPIs.",
        [Query(whole, "workers")],
        PLAIN,
        limits=at_least(1),
        words={"0": ("no, see Pipeline", BAD), "1": ("yes", GOOD)},
        links=[
            *runbooks(desk, "HelpdeskWorkerDown", "HelpdeskWorkerNotReady", "HelpdeskKpisMissing"),
            to(Chapter.PIPELINE),
        ],
    )


def work(desk: Desk) -> Iterator[Panel]:
    """Yield how the work goes."""
    flow = {"tickets_opened": "opened", "tickets_resolved": "resolved"}
    found = [Query(desk.count(each), word) for each, word in flow.items() if desk.has(each)]
    if found:
        yield trend_panel(
            "Do we keep up with what comes in?",
            "Tickets opened and tickets resolved, each over $window.",
            found,
            COUNT,
            links=[to(Chapter.VOICE)],
        )
    yield trend_panel(
        "How large is the backlog?",
        "Tickets that are not resolved: new, open, pending or on hold.",
        [
            Query(desk.count("tickets_unresolved"), "unresolved"),
            *lines(desk, "unresolved_tickets"),
        ],
        COUNT,
        links=[*runbooks(desk, "HelpdeskBacklogGrowing"), to(Chapter.SPEED)],
        dashed=DASHED,
    )


BOARD: Final = Board(
    chapter=Chapter.OVERVIEW,
    question="Is service good now?",
    sections=sections,
    windows="both",
    window="1d",
)
