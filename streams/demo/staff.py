"""The simulated helpdesk's people, products and opening hours: who, what, how busy, how slow."""

from dataclasses import dataclass
from functools import lru_cache
from random import Random
from typing import Final

from schemas.scalars import DAY, HOUR, MINUTE

# Share of the contacts, by what the contract calls queue, channel and priority.
QUEUES: Final = {"orders": 34, "tech": 30, "billing": 24, "sales": 12}
CHANNELS: Final = {"email": 38, "chat": 27, "web": 17, "phone": 11, "social": 7}
PRIORITIES: Final = {"normal": 58, "low": 18, "high": 17, "urgent": 7}
TOPICS: Final = {
    "orders": ("delivery", "return", "damaged", "address-change"),
    "tech": ("login", "error", "performance", "integration"),
    "billing": ("invoice", "payment-failed", "refund", "subscription"),
    "sales": ("pricing", "upgrade", "quote"),
}
AGENTS: Final = {
    "orders": ("amara", "bogdan", "carla", "deniz", "elif", "farid"),
    "tech": ("greta", "hugo", "ines", "jakub", "kofi", "lena"),
    "billing": ("marta", "noah", "olga", "priya"),
    "sales": ("quentin", "rosa", "sven"),
}

# Contacts by the hour of the day: a rush hour in the morning, a quiet night.
VOLUME: Final = (3, 2, 1, 1, 1, 2, 4, 9, 18, 34, 32, 20, 15, 16, 18, 17, 15, 13, 11, 9, 8, 7, 5, 4)
WEEKEND: Final = 0.6
OPENING: Final = 7 * HOUR
CLOSING: Final = 22 * HOUR

# How many times slower than usual everybody is, by hour; the rush hour is more than they can do.
STRAIN: Final = {9: 2.2, 10: 3.0, 11: 2.4, 12: 1.5}
INCIDENT_STRAIN: Final = 2.5
INCIDENT_SHARE: Final = 0.6  # of the contacts that come during an incident

# Median time to an answer in minutes.
PATIENCE: Final = {"chat": 3.0, "phone": 0.5, "social": 35.0, "web": 75.0, "email": 95.0}
URGENCY: Final = {"urgent": 0.35, "high": 0.6, "normal": 1.0, "low": 1.5}

_MONDAY: Final = 4 * DAY  # The epoch began on a Thursday.


def weekday(time: int) -> int:
    """Return the day of the week at `time`, Monday is 0."""
    return (time - _MONDAY) // DAY % 7


def volume(time: int) -> float:
    """Return how many contacts the hour of `time` brings, compared with other hours."""
    share = WEEKEND if weekday(time) >= 5 else 1.0
    return share * VOLUME[time % DAY // HOUR]


def when_staffed(time: int) -> int:
    """Return `time`, or the next opening if nobody works at `time`."""
    of_day = time % DAY
    if of_day < OPENING:
        return time - of_day + OPENING
    if of_day >= CLOSING:
        return time - of_day + DAY + OPENING
    return time


@dataclass(frozen=True, slots=True)
class Incident:
    """A bad part of a day: one queue is flooded, everybody slows down, customers are annoyed."""

    queue: str
    begin: int
    end: int

    def covers(self, time: int) -> bool:
        """Tell whether the incident is on at `time`."""
        return self.begin <= time < self.end


@lru_cache(maxsize=128)
def incident_of_day(seed: int, day: int) -> Incident | None:
    """Return the incident of a day, counted from the epoch; two days of three have one."""
    random = Random(seed * 1_000_003 + day)
    if random.random() > 0.67:
        return None
    begin = day * DAY + int(random.uniform(9.5, 14) * HOUR)
    queue = random.choice(("tech", "billing", "orders"))
    return Incident(queue, begin, begin + int(random.uniform(1.5, 3) * HOUR))


class Staff:
    """How long answers take, from one source of chance."""

    def __init__(self, seed: int, random: Random, *, night_shift: bool) -> None:
        self._seed = seed
        self._random = random
        self._night_shift = night_shift

    def incident(self, time: int) -> Incident | None:
        """Return the incident that is on at `time`, or None."""
        incident = incident_of_day(self._seed, time // DAY)
        return incident if incident is not None and incident.covers(time) else None

    def answer(self, time: int, channel: str, priority: str, effort: float = 1.0) -> int:
        """Return when an agent answers what came at `time`; `effort` scales the median."""
        strain = STRAIN.get(time % DAY // HOUR, 1.0)
        if self.incident(time) is not None:
            strain *= INCIDENT_STRAIN
        median = PATIENCE[channel] * URGENCY[priority] * strain * effort
        at_once = self._night_shift or channel in ("chat", "phone")
        begin = time if at_once else when_staffed(time)
        return begin + int(median * MINUTE * self._random.lognormvariate(0, 0.7))

    def agent(self, queue: str) -> str:
        """Return somebody of the queue."""
        return self._random.choice(AGENTS[queue])
