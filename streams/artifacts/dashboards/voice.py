"""How much comes in by which channel, and is each one open?"""

from collections.abc import Iterator
from typing import Final

from streams.artifacts.dashboards.board import Board, Section
from streams.artifacts.dashboards.chapter import Chapter, runbooks
from streams.artifacts.dashboards.desk import Desk
from streams.artifacts.dashboards.every_number import every_number
from streams.artifacts.dashboards.panels import (
    BAD,
    COUNT,
    GOOD,
    PLAIN,
    SECONDS,
    SHARE,
    Panel,
    Query,
    at_least,
    at_most,
    bars_panel,
    stat_panel,
    trend_panel,
)
from streams.artifacts.dashboards.wanted import compared, not_above

ABANDONED: Final = ("calls_abandoned", "calls")
AVAILABLE: Final = ("channel_available_seconds", "channel_promised_seconds")


def sections(desk: Desk) -> Iterator[Section]:
    """Yield channels, calls, and what it is about."""
    yield Section("", [*channels(desk), *calls(desk)])
    yield Section("What comes in", list(volume(desk)))
    yield every_number(desk, Chapter.VOICE)


def channels(desk: Desk) -> Iterator[Panel]:
    """Yield whether channels are open."""
    yield stat_panel(
        "Which channels are open now?",
        "What the last event of each channel said.",
        [Query(desk.count("channel_available", "channel"), "{{channel}}")],
        PLAIN,
        limits=at_least(1),
        words={"0": ("down", BAD), "1": ("open", GOOD)},
        links=runbooks(desk, "HelpdeskChannelDown"),
        size=(8, 5),
    )
    if desk.has(*AVAILABLE):
        yield stat_panel(
            "Were channels open when promised?",
            "Share of the promised time in which a channel was available, over $window.",
            [Query(desk.share(*AVAILABLE, "channel"), "{{channel}}")],
            SHARE,
            links=runbooks(desk, "HelpdeskChannelDown"),
            size=(8, 5),
        )


def calls(desk: Desk) -> Iterator[Panel]:
    """Yield how callers fare."""
    if desk.has(*ABANDONED):
        yield stat_panel(
            "How many callers give up?",
            "Share of calls whose caller hung up before an answer, over $window.",
            compared(desk, lambda prefix: desk.share(*ABANDONED, prefix=prefix)),
            SHARE,
            limits=at_most(desk.settings.alerts.abandonment),
            links=runbooks(desk, "HelpdeskCallsAbandoned"),
            size=(8, 5),
        )
        yield trend_panel(
            "On which line do callers give up?",
            "Share of calls whose caller hung up before an answer, by queue, over $window.",
            [Query(desk.share(*ABANDONED, "queue"), "{{queue}}")],
            SHARE,
            limits=at_most(desk.settings.alerts.abandonment),
            links=runbooks(desk, "HelpdeskCallsAbandoned"),
        )
    family = "call_wait_time_seconds"
    if desk.has(family):
        yield trend_panel(
            "How long do callers wait?",
            "Half and 90 % of the answered calls waited no longer, over $window.",
            [
                Query(desk.quantile(family, 0.5), "half within"),
                Query(desk.quantile(family, 0.9), "90 % within"),
            ],
            SECONDS,
            limits=not_above(desk, "call_wait_p90"),
        )


def volume(desk: Desk) -> Iterator[Panel]:
    """Yield how much comes in, from where, and about what."""
    if desk.has("contacts"):
        yield bars_panel(
            "Where do customers turn to?",
            "Contacts of customers by channel, over $window.",
            [Query(desk.count("contacts", "channel"), "{{channel}}")],
            COUNT,
        )
    if desk.has("tickets_opened_by_topic"):
        yield bars_panel(
            "What is it about?",
            "The ten topics with most tickets opened over $window.",
            [Query(f"topk(10, {desk.count('tickets_opened_by_topic', 'topic')})", "{{topic}}")],
            COUNT,
        )
    if desk.has("calls"):
        yield bars_panel(
            "How many calls come in?",
            "Calls offered, answered or not, by queue, over $window.",
            [Query(desk.count("calls", "queue"), "{{queue}}")],
            COUNT,
        )
    if desk.has("tickets_opened"):
        yield trend_panel(
            "Does the volume change?",
            "Tickets opened by channel, over $window.",
            [Query(desk.count("tickets_opened", "channel"), "{{channel}}")],
            COUNT,
            size=(24, 8),
        )


BOARD: Final = Board(
    chapter=Chapter.VOICE,
    question="How much comes in by which channel, and is each one open?",
    sections=sections,
    window="1d",
)
