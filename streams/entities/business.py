"""Entities that stand alone: cost, reviews, complaints, feedback, mentions. (Contract 3.)"""

from collections.abc import Callable, Sequence
from typing import Any, Final

from schemas.scalars import DAY, EPOCH, minor_units
from streams.entities.rules import Rules
from streams.entities.stored import Stored, data_of
from streams.facts.facts import (
    COMPLAINT,
    COST,
    FEEDBACK,
    FEEDBACK_KINDS,
    MENTION,
    REVIEW,
    REVIEW_KINDS,
    SENTIMENTS,
    Row,
)


def cost_facts(rules: Rules, time: int, data: Any, out: list[Row]) -> None:
    """Append a cost, spread evenly over its UTC days; the remainder lies in the last day."""
    currency = rules.currency.code(data.currency)
    amount = minor_units(data.amount, data.currency)
    days = (data.to - data.from_).days
    first = (data.from_ - EPOCH.date()).days * DAY
    share = amount // days
    for day in range(days - 1):
        out.append((COST, first + day * DAY, currency, share))
    out.append((COST, first + (days - 1) * DAY, currency, amount - share * (days - 1)))


def review_facts(rules: Rules, time: int, data: Any, out: list[Row]) -> None:
    """Append a review; its ratio is floored to thousandths."""
    out.append(
        (
            REVIEW,
            time,
            REVIEW_KINDS.index(data.kind),
            int(1000 * data.score // data.max_score),
            int(bool(data.passed)),
            int(data.script_followed is not None),
            int(bool(data.script_followed)),
        )
    )


def complaint_facts(rules: Rules, time: int, data: Any, out: list[Row]) -> None:
    """Append a complaint."""
    out.append((COMPLAINT, time, rules.topic.code(data.topic)))


def feedback_facts(rules: Rules, time: int, data: Any, out: list[Row]) -> None:
    """Append feedback."""
    kind, sentiment = FEEDBACK_KINDS.index(data.kind), SENTIMENTS.index(data.sentiment)
    out.append((FEEDBACK, time, kind, sentiment))


def mention_facts(rules: Rules, time: int, data: Any, out: list[Row]) -> None:
    """Append a mention."""
    network = rules.network.code(data.network)
    out.append((MENTION, time, network, SENTIMENTS.index(data.sentiment)))


FACTS: Final[dict[str, Callable[[Rules, int, Any, list[Row]], None]]] = {
    "cost": cost_facts,
    "review": review_facts,
    "complaint": complaint_facts,
    "feedback": feedback_facts,
    "mention": mention_facts,
}


def business_facts(rules: Rules, kind: str, events: Sequence[Stored]) -> list[Row]:
    """Return the facts of an entity whose events each stand alone."""
    out: list[Row] = []
    for event in events:
        FACTS[kind](rules, event[0], data_of(event), out)
    return out
