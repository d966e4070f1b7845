"""What is measured."""

from collections.abc import Sequence
from statistics import median
from typing import Final, NamedTuple, Self

import msgspec

# Processes are told their CPU time in such steps.
CPU_STEP_SECONDS: Final = 0.01


class Cost(msgspec.Struct, frozen=True):
    """What it cost a process to bring `events` from Kafka to their effect."""

    events: int
    cpu_seconds: float
    wall_seconds: float

    @property
    def rate(self) -> float:
        """Events a CPU-second."""
        return self.events / max(self.cpu_seconds, CPU_STEP_SECONDS)

    @property
    def microseconds(self) -> float:
        """CPU time an event."""
        return 1e6 * self.cpu_seconds / max(1, self.events)

    def json(self) -> str:
        """Return it as JSON, to hand it from one process to another."""
        return msgspec.json.encode(self).decode()

    @classmethod
    def from_json(cls, text: str | bytes) -> Self:
        """Return what `json` wrote."""
        return msgspec.json.decode(text, type=cls)


class Spread(NamedTuple):
    """The median of some rounds, the least and the most."""

    median: float
    least: float
    most: float


def spread(values: Sequence[float]) -> Spread:
    """Return the spread of at least one value."""
    return Spread(median(values), min(values), max(values))
