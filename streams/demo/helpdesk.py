"""The simulated helpdesk: a seed -> a realistic stream of events, in order of time.

Pure: one plan gives the same bytes everywhere. Contacts come with the hour of the day and the
day of the week; in busy hours answers are late, and late answers cost satisfaction.
(Contract 1 and 6.)
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import accumulate, count, pairwise
from random import Random
from typing import Final

import orjson

from schemas.scalars import DAY, HOUR, rfc3339
from streams.demo.background import Background
from streams.demo.lives import Moment, ticket_life
from streams.demo.staff import Staff, volume

SOURCE: Final = "/deskpulse/helpdesk"


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What to simulate.

    `tickets` are created within `days` on the helpdesk's own clock, which shows `opening` at the
    instant `start` and runs `pace` times as fast as the time of events. All in milliseconds.
    With a `night_shift` e-mails are answered at night too.
    """

    tickets: int
    days: int
    seed: int
    start: int
    opening: int
    pace: int = 1
    night_shift: bool = False

    def instant(self, clock: int) -> int:
        """Return the time of an event that happens when the helpdesk's clock shows `clock`."""
        return self.start + (clock - self.opening) // self.pace


@dataclass(frozen=True, slots=True)
class Simulated:
    """One event: its time in milliseconds, and itself as JSON."""

    time: int
    value: bytes


def simulate(plan: Plan) -> Iterator[Simulated]:
    """Yield the events in order of time; memory holds only what is still to happen.

    The stream ends with the last day: what would happen later is not told.
    """
    random = Random(plan.seed)
    staff = Staff(plan.seed, random, night_shift=plan.night_shift)
    customers = Customers(random, size=max(20, plan.tickets * 2 // 5))
    background = Background(random, staff, customers.next)
    future = Future()
    future.add(background.opening(plan.opening))
    number = 0
    for begin, arrivals in zip(hours(plan), arrivals_by_hour(plan, random), strict=True):
        for created in sorted(begin + random.randrange(HOUR) for _ in range(arrivals)):
            number += 1
            customer = customers.next()
            future.add(
                ticket_life(random, staff, number=number, customer=customer, created=created)
            )
        future.add(background.hour(begin, arrivals))
        if (begin - plan.opening) % DAY == 0:
            future.add(background.day(begin, plan.instant(begin)))
        for moment in future.until(begin + HOUR):
            time = plan.instant(moment.time)
            yield Simulated(time, rendered(moment, time))


def hours(plan: Plan) -> range:
    """Return the beginnings of the plan's hours on the helpdesk's clock."""
    return range(plan.opening, plan.opening + plan.days * DAY, HOUR)


def arrivals_by_hour(plan: Plan, random: Random) -> list[int]:
    """Return how many tickets each hour brings; their sum is `plan.tickets`."""
    weights = [volume(hour) * random.uniform(0.8, 1.25) for hour in hours(plan)]
    bounds = list(accumulate(weights, initial=0.0))
    counts = [round(plan.tickets * bound / bounds[-1]) for bound in bounds]
    return [after - before for before, after in pairwise(counts)]


def rendered(moment: Moment, time: int) -> bytes:
    """Return the event as a CloudEvent in JSON, structured mode."""
    return orjson.dumps(
        {
            "specversion": "1.0",
            "id": f"{moment.subject}/{moment.number}",
            "source": SOURCE,
            "type": moment.type,
            "time": rfc3339(time),
            "subject": moment.subject,
            "sequence": f"{moment.number:06}",
            "data": moment.data,
        }
    )


class Future:
    """What is still to happen, the next first; at one time in the order in which it was added."""

    def __init__(self) -> None:
        self._serial = count()
        self._heap: list[tuple[int, int, Moment]] = []

    def add(self, moments: Iterable[Moment]) -> None:
        """Expect `moments`."""
        for moment in moments:
            heappush(self._heap, (moment.time, next(self._serial), moment))

    def until(self, end: int) -> Iterator[Moment]:
        """Take out and yield what happens before `end`."""
        while self._heap and self._heap[0][0] < end:
            yield heappop(self._heap)[2]


class Customers:
    """Who writes: some are new, some come back soon, a few again and again."""

    REMEMBERED: Final = 400

    def __init__(self, random: Random, *, size: int) -> None:
        self._random = random
        self._size = size
        self._recent: list[str] = []

    def next(self) -> str:
        """Return the customer of the next contact."""
        random = self._random
        if self._recent and random.random() < 0.2:
            return random.choice(self._recent)
        customer = f"c-{int(self._size * random.random() ** 1.6)}"
        if len(self._recent) < self.REMEMBERED:
            self._recent.append(customer)
        else:
            self._recent[random.randrange(self.REMEMBERED)] = customer
        return customer
