"""How soon are customers served?"""

from collections.abc import Iterator
from typing import Final

from schemas.scalars import SECOND
from streams.artifacts.dashboards.board import Board, Section
from streams.artifacts.dashboards.chapter import Chapter, runbooks
from streams.artifacts.dashboards.desk import Desk
from streams.artifacts.dashboards.every_number import every_number
from streams.artifacts.dashboards.panels import (
    COUNT,
    FREE,
    SECONDS,
    Limits,
    Links,
    Panel,
    Query,
    Size,
    at_most,
    bars_panel,
    stat_panel,
    trend_panel,
)
from streams.artifacts.dashboards.wanted import DASHED, compared, lines, lines_by_queue, not_above

FIRST_RESPONSE: Final = "first_response_time_seconds"
REPLY: Final = "reply_time_seconds"
RESOLUTION: Final = "resolution_time_seconds"
THIRD: Final = (8, 5)
# What the time of a ticket consists of, and who spends it.
SPENT: Final = {
    "agent_work_time_seconds": "new and open: our turn",
    "requester_wait_time_seconds": "new, open and hold: the customer waits",
    "customer_wait_time_seconds": "pending: we wait for the customer",
    "handle_time_seconds": "assigned and open: somebody works on it",
}


def sections(desk: Desk) -> Iterator[Section]:
    """Yield waiting, trends, and where the time goes."""
    yield Section("", [*waits(desk), *waiting_now(desk)])
    yield Section("By queue", list(by_queue(desk)))
    yield Section("Where the time goes", list(spent(desk)))
    yield every_number(desk, Chapter.SPEED)


def waits(desk: Desk) -> Iterator[Panel]:
    """Yield the three times that customers feel."""
    limits = desk.settings.alerts
    yield from first_response(desk, THIRD)
    yield from durations(
        desk,
        REPLY,
        "How long do customers wait for any answer?",
        "From a customer's message to the reply that ends their waiting, over $window.",
        FREE.of("90 % within", not_above(desk, "reply_p90")),
        THIRD,
    )
    yield from durations(
        desk,
        RESOLUTION,
        "How long until it is solved?",
        "From the creation of a ticket to the solve that stands, over $window.",
        FREE.of(
            "half within", at_most(limits.resolution / SECOND, limits.resolution_alarm / SECOND)
        ),
        THIRD,
        runbooks(desk, "HelpdeskResolutionSlow"),
    )


def first_response(desk: Desk, size: Size, more: Links = ()) -> Iterator[Panel]:
    """Yield how long customers wait to hear from a person, if it is kept."""
    yield from durations(
        desk,
        FIRST_RESPONSE,
        "How long do customers wait for a first answer?",
        "From the creation of a ticket to the first public reply of a person, over $window.",
        FREE.of("90 % within", not_above(desk, "first_response_p90")),
        size,
        [
            *runbooks(desk, "HelpdeskFirstResponseSlow", "HelpdeskFirstResponseShareLow"),
            *more,
        ],
    )


def durations(
    desk: Desk,
    family: str,
    title: str,
    description: str,
    limits: Limits,
    size: Size,
    links: Links = (),
) -> Iterator[Panel]:
    """Yield half, 90 % and the 90 % of the window before of a family, if it is kept."""
    if desk.has(family):
        yield stat_panel(
            title,
            description,
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
            limits=limits,
            links=links,
            size=size,
        )


def waiting_now(desk: Desk) -> Iterator[Panel]:
    """Yield who waits now, for how long, and what is to be done."""
    yield waiting_panel(desk, THIRD)
    yield oldest_panel(desk, THIRD)
    yield stat_panel(
        "How large is the backlog?",
        "Tickets that are not resolved: new, open, pending or on hold.",
        [Query(desk.number_now("tickets_unresolved"), "unresolved")],
        COUNT,
        limits=not_above(desk, "unresolved_tickets"),
        links=runbooks(desk, "HelpdeskBacklogGrowing"),
        size=THIRD,
    )


def waiting_panel(desk: Desk, size: Size, more: Links = ()) -> Panel:
    """Return how many customers wait."""
    return stat_panel(
        "How many customers wait for a reply now?",
        "Unresolved tickets with a public message of the customer that nobody answered.",
        [Query(desk.number_now("tickets_waiting"), "waiting")],
        COUNT,
        links=more,
        size=size,
    )


def oldest_panel(desk: Desk, size: Size, more: Links = ()) -> Panel:
    """Return for how long the customer waits who has waited longest."""
    return stat_panel(
        "How long has the oldest waited?",
        "Time since the message of the customer who has waited longest for a reply.",
        [Query(f"time() - {desk.oldest()}", "oldest")],
        SECONDS,
        limits=at_most(desk.settings.alerts.oldest_waiting / SECOND),
        links=[*runbooks(desk, "HelpdeskOldestWaiting"), *more],
        size=size,
    )


def by_queue(desk: Desk) -> Iterator[Panel]:
    """Yield how the queues went over time."""
    limits = desk.settings.alerts
    if desk.has(FIRST_RESPONSE):
        yield trend_panel(
            "Which queue answers late?",
            "90 % of the first answers of a queue came within this time, over $window.",
            [
                Query(desk.quantile(FIRST_RESPONSE, 0.9, "queue"), "{{queue}}"),
                *lines(desk, "first_response_p90"),
            ],
            SECONDS,
            dashed=DASHED,
            links=runbooks(desk, "HelpdeskFirstResponseSlow"),
        )
        share = limits.first_response_share
        yield trend_panel(
            f"Within what time are {share:.0%} answered?",
            f"The time in which {share:.0%} of the first answers of a queue came, over $window, "
            "and the time that is promised for them.",
            [Query(desk.quantile(FIRST_RESPONSE, share, "queue"), "{{queue}}")],
            SECONDS,
            limits=at_most(limits.first_response / SECOND),
            links=runbooks(desk, "HelpdeskFirstResponseShareLow"),
        )
    if desk.has(RESOLUTION):
        yield trend_panel(
            "Which queue solves late?",
            "Half of the tickets of a queue were solved within this time, over $window.",
            [Query(desk.quantile(RESOLUTION, 0.5, "queue"), "{{queue}}")],
            SECONDS,
            limits=at_most(limits.resolution / SECOND, limits.resolution_alarm / SECOND),
            links=runbooks(desk, "HelpdeskResolutionSlow"),
        )
    yield trend_panel(
        "Where does work pile up?",
        "Tickets that are not resolved, by queue.",
        [
            Query(desk.count("tickets_unresolved", "queue"), "{{queue}}"),
            *lines_by_queue(desk, "unresolved_tickets"),
        ],
        COUNT,
        dashed=DASHED,
        links=runbooks(desk, "HelpdeskBacklogGrowing"),
    )


def spent(desk: Desk) -> Iterator[Panel]:
    """Yield what a resolved ticket's time consists of, and how old the others are."""
    found = [
        Query(desk.mean(family), words) for family, words in SPENT.items() if desk.has(family)
    ]
    if found:
        yield bars_panel(
            "Where does the time of a ticket go?",
            "Mean time of the tickets resolved over $window in each state.",
            found,
            SECONDS,
            size=(12, 8),
        )
    yield bars_panel(
        "How old is what is not resolved?",
        "90 % of the unresolved tickets of a queue are younger.",
        [Query(desk.quantile("tickets_unresolved_age_seconds", 0.9, "queue"), "{{queue}}")],
        SECONDS,
        size=(12, 8),
    )


BOARD: Final = Board(
    chapter=Chapter.SPEED,
    question="How soon are customers served?",
    sections=sections,
    window="1d",
)
