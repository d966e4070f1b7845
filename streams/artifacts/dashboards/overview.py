"""Is service good now?"""

from collections.abc import Iterator
from typing import Final

from streams.artifacts.dashboards.board import Board, Section
from streams.artifacts.dashboards.chapter import Chapter, runbooks, to
from streams.artifacts.dashboards.desk import JUDGED, Desk, selector
from streams.artifacts.dashboards.every_number import every_number
from streams.artifacts.dashboards.panels import (
    BAD,
    COUNT,
    GOOD,
    PLAIN,
    Panel,
    Query,
    at_least,
    stat_panel,
    trend_panel,
)
from streams.artifacts.dashboards.quality import first_contact, satisfaction
from streams.artifacts.dashboards.service_levels import attainment_panel, overdue_panel
from streams.artifacts.dashboards.speed import first_response, oldest_panel, waiting_panel
from streams.artifacts.dashboards.wanted import DASHED, lines
from streams.artifacts.rule import aggregate
from streams.exposition.pipeline import COLLECT_SUCCESS, READY

QUARTER: Final = (6, 5)
UP: Final = "up"


def sections(desk: Desk) -> Iterator[Section]:
    """Yield what tells at a glance whether service is good, and the configuration."""
    yield Section("", [*promises(desk), *customers(desk), *work(desk)])
    yield every_number(desk, Chapter.OVERVIEW)


def promises(desk: Desk) -> Iterator[Panel]:
    """Yield what was promised, and who waits."""
    if desk.has(*JUDGED):
        yield attainment_panel(desk, QUARTER, [to(Chapter.SLA)])
    if desk.has("sla_overdue"):
        yield overdue_panel(desk, QUARTER, [to(Chapter.SLA)])
    yield waiting_panel(desk, QUARTER, [to(Chapter.SPEED)])
    yield oldest_panel(desk, QUARTER, [to(Chapter.SPEED)])


def customers(desk: Desk) -> Iterator[Panel]:
    """Yield what customers feel, and whether all this can be believed."""
    yield from first_response(desk, QUARTER, [to(Chapter.SPEED)])
    yield from satisfaction(desk, QUARTER, [to(Chapter.QUALITY)])
    yield from first_contact(desk, QUARTER, [to(Chapter.QUALITY)])
    whole = " * ".join(
        aggregate("min", selector(name)) for name in (UP, READY.name, COLLECT_SUCCESS.name)
    )
    yield stat_panel(
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
        size=QUARTER,
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
