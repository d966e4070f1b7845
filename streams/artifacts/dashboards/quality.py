"""Are problems solved, at once and for good?"""

from collections.abc import Iterator
from typing import Final

from streams.artifacts.dashboards.board import Board, Section
from streams.artifacts.dashboards.chapter import Chapter, runbooks
from streams.artifacts.dashboards.desk import Desk
from streams.artifacts.dashboards.every_number import every_number
from streams.artifacts.dashboards.panels import (
    PLAIN,
    SHARE,
    Limits,
    Links,
    Panel,
    Query,
    Size,
    bars_panel,
    stat_panel,
    trend_panel,
)
from streams.artifacts.dashboards.wanted import DASHED, compared, lines, not_above, not_below
from streams.artifacts.recordings import NET_PROMOTER_RATIO, SATISFIED_RATIO, ratios

THIRD: Final = (8, 5)
FCR: Final = ("fcr_resolved", "fcr_eligible")
ACR: Final = ("acr_resolved", "acr_eligible")
# What a resolved ticket went through, and the share of tickets that did.
WENT_THROUGH: Final = {
    "tickets_resolved_one_touch": "solved with one reply",
    "tickets_resolved_automated": "solved without a person",
    "tickets_reopened": "reopened",
    "tickets_resolved_transferred": "handed on",
    "tickets_resolved_escalated": "escalated",
}
# Surveys with the share that is usually told of them.
SURVEYS: Final = {
    "csat_score": ("satisfied", SATISFIED_RATIO),
    "ces_score": ("found it easy", SATISFIED_RATIO),
    "nps_score": ("promoters less detractors", NET_PROMOTER_RATIO),
}


def sections(desk: Desk) -> Iterator[Section]:
    """Yield first contacts, satisfaction, and what tickets went through."""
    yield Section("", [*at_once(desk), *satisfied(desk)])
    yield Section("What tickets went through", list(went_through(desk)))
    yield every_number(desk, Chapter.QUALITY)


def at_once(desk: Desk) -> Iterator[Panel]:
    """Yield whether one contact is enough."""
    yield from first_contact(desk, THIRD)
    yield from share_panel(
        desk,
        ACR,
        "Do customers stay away afterwards?",
        "Share of interactions after which the customer did not come back within 1, 2, 3 days "
        "or what is configured, over $window.",
        not_below(desk, "acr_rate"),
        THIRD,
        runbooks(desk, "HelpdeskActiveContactResolutionFalling"),
        legend="{{within}}",
    )
    yield from share_panel(
        desk,
        ("tickets_reopened", "tickets_resolved"),
        "How much comes back?",
        "Tickets reopened by tickets resolved, over $window.",
        not_above(desk, "reopen_rate"),
        THIRD,
    )


def first_contact(desk: Desk, size: Size, more: Links = ()) -> Iterator[Panel]:
    """Yield how many tickets need no further contact, if it is kept."""
    yield from share_panel(
        desk,
        FCR,
        "Is one contact enough?",
        "Share of tickets that were resolved at first contact, over $window.",
        not_below(desk, "fcr_rate"),
        size,
        [*runbooks(desk, "HelpdeskFirstContactResolutionFalling"), *more],
    )


def satisfaction(desk: Desk, size: Size, more: Links = ()) -> Iterator[Panel]:
    """Yield the mean score of surveys, if it is kept."""
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
            links=[*runbooks(desk, "HelpdeskCsatFalling"), *more],
            size=size,
        )


def share_panel(
    desk: Desk,
    families: tuple[str, str],
    title: str,
    description: str,
    limits: Limits,
    size: Size,
    links: Links = (),
    legend: str = "now",
) -> Iterator[Panel]:
    """Yield a share now and before, if its families are kept."""
    if desk.has(*families):
        before = "before" if legend == "now" else f"{legend} before"
        yield stat_panel(
            title,
            description,
            compared(desk, lambda prefix: desk.share(*families, prefix=prefix), legend, before),
            SHARE,
            limits=limits,
            links=links,
            size=size,
        )


def satisfied(desk: Desk) -> Iterator[Panel]:
    """Yield what customers say."""
    yield from satisfaction(desk, THIRD)
    shares = [
        Query(desk.scores(family)[operation], words)
        for family, (words, operation) in SURVEYS.items()
        if desk.has(family)
    ]
    if shares:
        yield stat_panel(
            "What do surveys say?",
            "Satisfied: 4 and 5 of 5. Found it easy: 5 to 7 of 7. Promoters 9 and 10, detractors "
            "0 to 6. Over $window.",
            shares,
            SHARE,
            size=(10, 5),
        )
    if desk.has("surveys_answered", "surveys_sent"):
        yield stat_panel(
            "How many answer surveys?",
            "Surveys answered by surveys sent, by kind, over $window.",
            [Query(desk.share("surveys_answered", "surveys_sent"), "{{kind}}")],
            SHARE,
            size=(6, 5),
        )
    if desk.has("csat_score"):
        yield trend_panel(
            "Where does satisfaction change?",
            "Mean score of answered surveys, by queue and scale, over $window.",
            [
                Query(desk.mean("csat_score", "queue"), "{{queue}} on {{scale}}"),
                *lines(desk, "csat_mean"),
            ],
            PLAIN,
            dashed=DASHED,
            links=runbooks(desk, "HelpdeskCsatFalling"),
        )
    if desk.has(*FCR):
        yield trend_panel(
            "Which queue solves at first contact?",
            "Share of tickets that were resolved at first contact, by queue, over $window.",
            [Query(desk.share(*FCR, "queue"), "{{queue}}"), *lines(desk, "fcr_rate")],
            SHARE,
            dashed=DASHED,
            links=runbooks(desk, "HelpdeskFirstContactResolutionFalling"),
        )


def went_through(desk: Desk) -> Iterator[Panel]:
    """Yield how tickets were resolved, and what that took."""
    wholes = dict(ratios(desk.policy))
    found = [
        Query(desk.share(part, wholes[part]), words)
        for part, words in WENT_THROUGH.items()
        if desk.has(part, wholes[part])
    ]
    if found:
        yield bars_panel(
            "How were tickets solved?",
            "Share of the tickets resolved over $window; one ticket may be in several.",
            found,
            SHARE,
            size=(12, 8),
        )
    efforts = {
        "replies_to_resolution": "replies of ours",
        "customer_messages_to_resolution": "messages of the customer",
    }
    taken = [Query(desk.mean(each), words) for each, words in efforts.items() if desk.has(each)]
    if taken:
        yield bars_panel(
            "How many messages does a solution take?",
            "Mean number for a ticket resolved over $window.",
            taken,
            PLAIN,
            size=(6, 8),
        )
    if desk.has("contacts_repeat", "contacts"):
        yield bars_panel(
            "On which channel do customers come back?",
            "Share of contacts whose customer had made another one shortly before, over $window.",
            [Query(desk.share("contacts_repeat", "contacts", "channel"), "{{channel}}")],
            SHARE,
            size=(6, 8),
        )


BOARD: Final = Board(
    chapter=Chapter.QUALITY,
    question="Are problems solved, at once and for good?",
    sections=sections,
)
