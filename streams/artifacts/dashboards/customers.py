"""What do customers buy and say, and what does support cost?"""

from collections.abc import Iterator
from typing import Final

from streams.artifacts.dashboards.board import Board, Section
from streams.artifacts.dashboards.chapter import Chapter
from streams.artifacts.dashboards.desk import Desk, selector
from streams.artifacts.dashboards.every_number import every_number
from streams.artifacts.dashboards.panels import (
    COUNT,
    PLAIN,
    SHARE,
    Panel,
    Query,
    bars_panel,
    stat_panel,
    trend_panel,
)
from streams.artifacts.dashboards.wanted import compared, not_below
from streams.artifacts.recordings import REVENUE_PER_CUSTOMER

CONVERTED: Final = ("tickets_converted", "tickets_opened")
RETAINED: Final = ("customers_retained", "customers_retention_base")
# As high as a trend, so that nothing is left empty below.
BESIDE_TREND: Final = (6, 8)


def sections(desk: Desk) -> Iterator[Section]:
    """Yield money, customers, and what they say."""
    yield Section("", [*money(desk), *loyal(desk)])
    yield Section("What others say", list(said(desk)))
    yield every_number(desk, Chapter.CUSTOMERS)


def money(desk: Desk) -> Iterator[Panel]:
    """Yield what support earns and costs."""
    if desk.has(*CONVERTED):
        yield stat_panel(
            "How many tickets lead to an order?",
            "Share of the tickets opened over $window after which the customer ordered.",
            compared(desk, lambda prefix: desk.share(*CONVERTED, prefix=prefix)),
            SHARE,
            limits=not_below(desk, "conversion_rate"),
        )
    revenue = ("revenue_attributed", "revenue_refunded")
    if desk.has(*revenue):
        earned, refunded = (desk.count(each) for each in revenue)
        yield stat_panel(
            "What does support earn?",
            "Revenue of orders that are credited to tickets, less their refunds, over $window.",
            [Query(f"{earned} - ({refunded} or 0 * {earned})", "{{currency}}")],
            PLAIN,
        )
    costs = {"tickets_resolved": "a solution", "contacts": "a contact"}
    found = [
        Query(desk.cost_per(each), f"{words}, {{{{currency}}}}")
        for each, words in costs.items()
        if desk.has("cost", each)
    ]
    if found:
        yield stat_panel(
            "What does support cost?",
            "Cost of support by tickets resolved and by contacts, over $window; all queues.",
            found,
            PLAIN,
        )
    if desk.has("contacts", "orders"):
        yield stat_panel(
            "How often does an order need help?",
            "Contacts of customers for each order, over $window; all channels.",
            [Query(desk.share("contacts", "orders"), "contacts for an order")],
            SHARE,
        )


def loyal(desk: Desk) -> Iterator[Panel]:
    """Yield whether customers stay, and what they are worth."""
    if desk.has(*RETAINED):
        yield stat_panel(
            "Do customers come back to buy?",
            "Share of those who ordered in the period before that ordered again in the last one.",
            [Query(desk.share(*RETAINED, "period"), "within {{period}}")],
            SHARE,
            size=BESIDE_TREND,
        )
    if desk.has("customer_revenue", "customers"):
        yield stat_panel(
            "What is a customer worth so far?",
            "All orders less all refunds for each customer who ever ordered.",
            [Query(selector(REVENUE_PER_CUSTOMER, ("currency",)), "{{currency}}")],
            PLAIN,
            size=BESIDE_TREND,
        )
    if desk.has("order_revenue"):
        yield trend_panel(
            "How does revenue go?",
            "Revenue of all orders, and of those credited to tickets, over $window.",
            [
                Query(desk.count("order_revenue"), "all, {{currency}}"),
                *(
                    [Query(desk.count("revenue_attributed"), "by support, {{currency}}")]
                    if desk.has("revenue_attributed")
                    else []
                ),
            ],
            PLAIN,
        )


def said(desk: Desk) -> Iterator[Panel]:
    """Yield complaints, reviews, feedback and mentions."""
    if desk.has("complaints"):
        yield bars_panel(
            "What do customers complain about?",
            "The ten topics with most complaints over $window.",
            [Query(f"topk(10, {desk.count('complaints', 'topic')})", "{{topic}}")],
            COUNT,
        )
    heard = {"feedback": "{{kind}}", "mentions": "in public"}
    moods = [
        Query(desk.count(each, "sentiment"), f"{words}: {{{{sentiment}}}}")
        for each, words in heard.items()
        if desk.has(each)
    ]
    if moods:
        yield bars_panel(
            "What is the mood?",
            "What customers said, by kind, and mentions on social networks, over $window.",
            moods,
            COUNT,
        )
    passed = ("reviews_passed", "reviews")
    if desk.has(*passed):
        yield bars_panel(
            "Do we pass reviews?",
            "Share of reviews passed, by kind, over $window.",
            [Query(desk.share(*passed), "{{kind}}")],
            SHARE,
        )


BOARD: Final = Board(
    chapter=Chapter.CUSTOMERS,
    question="What do customers buy and say, and what does support cost?",
    sections=sections,
)
