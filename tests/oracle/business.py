"""Calls, cost, reviews, complaints, feedback, mentions. (Contract 3; rulings 6, 27.)"""

from collections.abc import Iterator
from datetime import date

from schemas.events import (
    CallEnded,
    ComplaintLogged,
    CostRecorded,
    FeedbackRecorded,
    MentionObserved,
    ReviewScored,
)
from schemas.scalars import DAY, minor_units
from tests.oracle.facts import RATIOS, Fact, money, open_label, seconds
from tests.oracle.situation import Situation


def business_facts(situation: Situation) -> Iterator[Fact]:
    """Yield the facts of the events that stand alone.

    Ruling 7: a second event on one subject with another id is another fact.
    """
    yield from call_facts(situation)
    yield from cost_facts(situation)
    for review in situation.all(ReviewScored):
        yield from review_facts(review)
    for complaint in situation.all(ComplaintLogged):
        labels = {"topic": situation.label("topic", complaint.data.topic)}
        yield Fact("complaints", complaint.time, labels)
    for feedback in situation.all(FeedbackRecorded):
        labels = {"kind": feedback.data.kind, "sentiment": feedback.data.sentiment}
        yield Fact("feedback", feedback.time, labels)
    for mention in situation.all(MentionObserved):
        labels = {"network": open_label(mention.data.network), "sentiment": mention.data.sentiment}
        yield Fact("mentions", mention.time, labels)


def call_facts(situation: Situation) -> Iterator[Fact]:
    """Ruling 27: `calls`: ended and abandoned; the two times: ended ones only."""
    for call in situation.calls:
        labels = {"queue": situation.label("queue", call.data.queue)}
        yield Fact("calls", call.time, labels)
        if isinstance(call, CallEnded):
            data = call.data
            handled = data.talk_seconds + (data.hold_seconds or 0) + (data.wrap_seconds or 0)
            yield seconds("call_handle_time_seconds", call.time, labels, handled)
            yield seconds("call_wait_time_seconds", call.time, labels, data.wait_seconds)
        else:
            yield Fact("calls_abandoned", call.time, labels)


def cost_facts(situation: Situation) -> Iterator[Fact]:
    """Amount spread evenly over the UTC days of [from, to), the remainder in the last day."""
    for cost in situation.all(CostRecorded):
        currency = cost.data.currency
        amount = minor_units(cost.data.amount, currency)
        days = cost.data.to.toordinal() - cost.data.from_.toordinal()
        first = (cost.data.from_.toordinal() - date(1970, 1, 1).toordinal()) * DAY
        share = amount // days
        for number in range(days):
            remainder = amount - share * days if number == days - 1 else 0
            yield money("cost", first + number * DAY, currency, share + remainder)


def review_facts(review: ReviewScored) -> Iterator[Fact]:
    """Reviews, how many passed, script adherence, and score / max_score.

    Ruling 6: ratios are floored to thousandths before bucketing, each by itself.
    """
    data, labels = review.data, {"kind": review.data.kind}
    yield Fact("reviews", review.time, labels)
    if data.passed:
        yield Fact("reviews_passed", review.time, labels)
    if data.script_followed is not None:
        yield Fact("reviews_script_checked", review.time, labels)
    if data.script_followed:
        yield Fact("reviews_script_followed", review.time, labels)
    ratio = 1000 * data.score // data.max_score
    yield Fact("review_score_ratio", review.time, labels, ratio, 1000, RATIOS)
