"""What a worker counts about itself. Plain numbers, no library."""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final, Literal, get_args

from schemas.rejected import Reason
from schemas.scalars import Milliseconds

Outcome = Literal["applied", "duplicate", "rejected"]

CHECKPOINT_SECONDS: Final = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
# From "at once" to a day: a backfill lands in the last ones.
EVENT_TO_METRIC_SECONDS: Final = (0.1, 0.5, 1.0, 2.0, 5.0, 15.0, 60.0, 300.0, 3600.0, 86400.0)


class Histogram:
    """Counts of observations by upper bound; the last count is that of +Inf."""

    def __init__(self, bounds: Sequence[float]) -> None:
        self.bounds = tuple(bounds)
        self.counts = [0] * (len(self.bounds) + 1)
        self.sum = 0.0

    def observe(self, value: float) -> None:
        """Count one observation."""
        self.counts[bisect_left(self.bounds, value)] += 1
        self.sum += value

    def observe_sorted(self, values: Sequence[float]) -> None:
        """Count observations that ascend, at the price of one search a bound."""
        edges = [0, *(bisect_right(values, bound) for bound in self.bounds), len(values)]
        for place, (lower, upper) in enumerate(pairwise(edges)):
            self.counts[place] += upper - lower
        self.sum += sum(values)


@dataclass
class Statistics:
    """Counts since the start of this worker. (Contract 3, pipeline.)"""

    events: Counter[tuple[str, Outcome]] = field(default_factory=Counter)
    rejected: Counter[str] = field(default_factory=Counter)
    misplaced: Counter[str] = field(default_factory=Counter)
    late: int = 0
    rebalances: int = 0
    fenced: int = 0
    rereads: int = 0
    holes: int = 0
    evicted: int = 0
    recovery_seconds: float | None = None
    checkpoint: Histogram = field(default_factory=lambda: Histogram(CHECKPOINT_SECONDS))
    checkpoint_succeeded: Milliseconds | None = None
    event_to_metric: Histogram = field(default_factory=lambda: Histogram(EVENT_TO_METRIC_SECONDS))

    @classmethod
    def beginning(cls, topics: Iterable[str]) -> "Statistics":
        """Return counts that are all there from the start.

        A counter that appears at 1 shows no increase.
        """
        topics = list(topics)
        outcomes: tuple[Outcome, ...] = get_args(Outcome)
        return cls(
            events=Counter({(topic, outcome): 0 for topic in topics for outcome in outcomes}),
            rejected=Counter(dict.fromkeys(get_args(Reason), 0)),
            misplaced=Counter(dict.fromkeys(topics, 0)),
        )


@dataclass(frozen=True)
class PartitionState:
    """One assigned partition of an input topic; None is what is not known yet.

    `last_event` is the latest time of an event, `last_fetch` when Kafka last answered a fetch.
    """

    topic: str
    partition: int
    recovered: bool
    lag: int | None
    last_event: Milliseconds | None
    last_fetch: Milliseconds | None


@dataclass(frozen=True)
class Reading:
    """Everything that a page says about the worker itself, taken at one instant."""

    at: Milliseconds
    statistics: Statistics
    partitions: Sequence[PartitionState]
    entities: Counter[str]
    label_overflow: dict[str, int]
    ready: bool
