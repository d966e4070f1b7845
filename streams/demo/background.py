"""What happens at the simulated helpdesk beside tickets: calls, orders, costs, moods, outages."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from random import Random
from typing import Final

from schemas.scalars import DAY, EPOCH, HOUR, MINUTE
from streams.demo.lives import Moment
from streams.demo.staff import CHANNELS, QUEUES, TOPICS, Staff

SENTIMENTS: Final = ("positive", "neutral", "negative")
NETWORKS: Final = ("mastodon", "reddit", "x")
DAILY_COST: Final = {"wages": "2450.00", "licences": "310.50"}


def day_of(time: int) -> str:
    """Return the UTC day of an instant in milliseconds as YYYY-MM-DD."""
    return (EPOCH + timedelta(milliseconds=time)).date().isoformat()


class Background:
    """Draws what belongs to no ticket, an hour at a time."""

    def __init__(self, random: Random, staff: Staff, customer: Callable[[], str]) -> None:
        self._random = random
        self._staff = staff
        self._customer = customer
        self._serial = 0

    def opening(self, clock: int) -> Iterator[Moment]:
        """Yield what is true when the simulation begins: every channel is up."""
        for channel in CHANNELS:
            yield self._availability(clock, channel, available=True)

    def day(self, clock: int, instant: int) -> Iterator[Moment]:
        """Yield the costs of the day that begins at `clock`, which is `instant` in event time."""
        for name, amount in DAILY_COST.items():
            days = {"from": day_of(instant), "to": day_of(instant + DAY)}
            yield self._moment(clock, "cost.recorded", name, amount=amount, currency="EUR", **days)

    def hour(self, begin: int, tickets: int) -> Iterator[Moment]:
        """Yield the moments of the hour that begins at `begin` and brings `tickets` tickets."""
        happenings = (
            (0.05 * tickets, self._call_ended),
            (0.03 * tickets, self._call_abandoned),
            (0.06 * tickets, self._order),
            (0.01 * tickets, self._feedback),
            (0.015 * tickets, self._mention),
            (2 / 24, self._review),
            (3 / 24, self._staff_survey),
            (0.4 / 24, self._outage),
        )
        for expected, happening in happenings:
            whole = int(expected)
            for _ in range(whole + (self._random.random() < expected - whole)):
                yield from happening(begin + self._random.randrange(HOUR))

    def _moment(self, time: int, kind: str, name: str, /, **data: object) -> Moment:
        self._serial += 1
        return Moment(time, f"helpdesk.{kind}", f"{name}-b{self._serial}", self._serial, data)

    def _availability(self, time: int, channel: str, *, available: bool) -> Moment:
        self._serial += 1
        data = {"channel": channel, "available": available}
        return Moment(time, "helpdesk.channel.availability", channel, self._serial, data)

    def _queue(self) -> str:
        return self._random.choice(tuple(QUEUES))

    def _call_ended(self, time: int) -> Iterator[Moment]:
        queue = self._queue()
        yield self._moment(
            time,
            "call.ended",
            "call",
            customer=self._customer(),
            agent=self._staff.agent(queue),
            queue=queue,
            wait_seconds=round(self._random.lognormvariate(3.4, 0.9), 1),
            talk_seconds=round(self._random.lognormvariate(5.0, 0.6), 1),
        )

    def _call_abandoned(self, time: int) -> Iterator[Moment]:
        data: dict[str, object] = {"queue": self._queue()}
        if self._random.random() < 0.7:
            data["customer"] = self._customer()
        waited = round(self._random.lognormvariate(4.3, 0.6), 1)
        yield self._moment(time, "call.abandoned", "call", wait_seconds=waited, **data)

    def _order(self, time: int) -> Iterator[Moment]:
        customer = self._customer()
        amount = f"{self._random.lognormvariate(3.8, 0.8):.2f}"
        price: dict[str, object] = {"amount": amount, "currency": "EUR"}
        placed = self._moment(time, "order.placed", "order", customer=customer, **price)
        yield placed
        if self._random.random() < 0.06:
            back = time + int(self._random.uniform(0.5, 6) * DAY)
            order = placed.subject
            yield self._moment(
                back, "order.refunded", "refund", customer=customer, order=order, **price
            )

    def _feedback(self, time: int) -> Iterator[Moment]:
        kind = self._random.choice(("feedback", "interview", "focus_group"))
        topic = self._random.choice(TOPICS[self._queue()])
        sentiment = self._random.choice(SENTIMENTS)
        yield self._moment(
            time, "feedback.recorded", "feedback", kind=kind, sentiment=sentiment, topic=topic
        )

    def _mention(self, time: int) -> Iterator[Moment]:
        bad = self._staff.incident(time) is not None
        sentiment = self._random.choices(SENTIMENTS, (1, 2, 7) if bad else (4, 4, 2))[0]
        network = self._random.choice(NETWORKS)
        yield self._moment(
            time, "mention.observed", "mention", network=network, sentiment=sentiment
        )

    def _review(self, time: int) -> Iterator[Moment]:
        kind = self._random.choice(("audit", "mystery_shop"))
        score = min(50, int(self._random.gauss(41, 5)))
        yield self._moment(
            time,
            "review.scored",
            "review",
            kind=kind,
            score=score,
            max_score=50,
            passed=score > 35,
        )

    def _staff_survey(self, time: int) -> Iterator[Moment]:
        agent = self._staff.agent(self._queue())
        score = min(5, max(1, round(self._random.gauss(3.9, 0.8))))
        yield self._moment(
            time, "survey.answered", "staff-survey", kind="esat", score=score, agent=agent
        )

    def _outage(self, time: int) -> Iterator[Moment]:
        channel = self._random.choice(("chat", "phone", "web"))
        yield self._availability(time, channel, available=False)
        back = time + int(self._random.uniform(15, 70) * MINUTE)
        yield self._availability(back, channel, available=True)
