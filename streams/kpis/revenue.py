"""What customers buy, and what support has to do with it."""

from typing import Final

from streams.facts.facts import (
    ATTRIBUTED,
    ATTRIBUTED_REFUND,
    CONVERTED,
    COST,
    CUSTOMER,
    NET_REVENUE,
    ORDER,
    REFUND,
    RETAINED,
    RETENTION_BASE,
)
from streams.kpis.kpi import CURRENCY, Column, D, Kpi


def amount(fact: Column) -> Column:
    """Return the amount in minor units of its currency."""
    return fact.amount


def step(level: Column) -> Column:
    """Return by how much a level changes."""
    return level.step


def _money(family: str, fact: int, help_text: str, definition: str) -> Kpi:
    return Kpi(
        family=family,
        fact=fact,
        labels=("currency",),
        value=amount,
        unit=CURRENCY,
        help=help_text,
        definition=definition,
    )


KPIS: Final = (
    Kpi(
        family="tickets_converted",
        fact=CONVERTED,
        labels=D,
        help="Tickets after which the customer ordered.",
        definition="At the first order within conversion.days after the creation, and not before "
        "the first public answer. An order belongs to one ticket: the newest.",
    ),
    _money(
        "revenue_attributed",
        ATTRIBUTED,
        "Revenue of orders that are credited to tickets.",
        "At the order.",
    ),
    _money(
        "revenue_refunded",
        ATTRIBUTED_REFUND,
        "Refunds of orders that are credited to tickets.",
        "At the refund.",
    ),
    Kpi(
        family="orders",
        fact=ORDER,
        labels=("currency",),
        help="Orders.",
        definition="All orders, at the order.",
    ),
    _money("order_revenue", ORDER, "Revenue of all orders.", "At the order."),
    _money("order_refunds", REFUND, "Refunds of all orders.", "At the refund."),
    _money(
        "cost",
        COST,
        "Cost of support.",
        "Spread evenly over its UTC days, at the start of each; the remainder lies in the last. "
        "Cost per resolution = cost / tickets_resolved, per contact = cost / contacts.",
    ),
    Kpi(
        family="customers",
        fact=CUSTOMER,
        labels=(),
        value=step,
        windows="ever",
        help="Customers who ever ordered.",
        definition="Customer lifetime value = customer_revenue / customers.",
    ),
    Kpi(
        family="customer_revenue",
        fact=NET_REVENUE,
        labels=("currency",),
        value=amount,
        unit=CURRENCY,
        windows="ever",
        help="All-time net revenue.",
        definition="Orders less refunds.",
    ),
    Kpi(
        family="customers_retention_base",
        fact=RETENTION_BASE,
        labels=("period",),
        value=step,
        windows="ever",
        help="Customers who ordered in the period before the last one.",
        definition="At least one order in (t-2P, t-P].",
    ),
    Kpi(
        family="customers_retained",
        fact=RETAINED,
        labels=("period",),
        value=step,
        windows="ever",
        help="Customers of the retention base who ordered again in the last period.",
        definition="At least one order in (t-P, t]. Retention = retained / base.",
    ),
)
