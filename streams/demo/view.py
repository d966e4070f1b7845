"""What the demo tells the page, and what the page may ask of the demo."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal, Protocol

from streams.demo.board import Point
from streams.demo.metrics import Reading

WINDOWS: Final = {"5m": "5 minutes", "30m": "30 minutes", "1h": "1 hour"}

WorkerState = Literal["starting", "recovering", "running", "killed", "ended"]


@dataclass(frozen=True)
class WorkerView:
    """One worker: `partitions` of `of` counted by it, `rate` in events a second, if known."""

    name: str
    state: WorkerState
    partitions: int
    of: int
    rate: float | None
    address: str


@dataclass(frozen=True)
class Verdict:
    """The last comparison with the reference: at which t (ms), over how much, done when (ms)."""

    equal: bool
    series: int
    events: int
    at: int
    checked: int
    differences: Sequence[str] = ()


@dataclass(frozen=True)
class Mark:
    """A worker's death, to be seen on the charts; `at` in milliseconds."""

    at: int
    text: str


@dataclass(frozen=True)
class View:
    """All that the page shows, at one instant.

    `reading` is the last one that all partitions took part in, None before the first one;
    `missing` is how many partitions no worker counts at present.
    """

    now: int
    clock: int
    reading: Reading | None
    missing: int
    workers: Sequence[WorkerView]
    reference: str
    verdict: Verdict | None
    checks: int = 0
    unequal: int = 0
    marks: Sequence[Mark] = ()
    history: Mapping[str, Sequence[tuple[int, Point]]] = field(default_factory=dict)


class Stage(Protocol):
    """The demo as the page sees it. Its calls return at once and are safe from any thread."""

    queues: tuple[str, ...]

    def view(self) -> View:
        """Return what is to be shown now."""
        ...

    def kill(self, worker: str) -> None:
        """End a worker by SIGKILL."""
        ...

    def start(self, worker: str) -> None:
        """Start a worker that was killed."""
        ...
