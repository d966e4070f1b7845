"""The demo's workers: their processes, and what their pages say about them and the helpdesk."""

import asyncio
from collections import Counter, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import aiohttp

from schemas.scalars import SECOND
from streams.demo.metrics import Series, kpis, parse, partitions, total
from streams.demo.processes import WorkerProcess
from streams.demo.scenario import PARTITIONS
from streams.demo.view import WorkerState, WorkerView

# A worker that recovers may answer late; the beat goes on without it.
ANSWER_SECONDS: Final = 3.0
# Over how long a worker's events a second are taken, in milliseconds.
RATE_OVER: Final = 8 * SECOND


@dataclass(frozen=True)
class Page:
    """A worker's /metrics at one instant."""

    at: int
    numbers: Mapping[Series, int]

    @property
    def partitions(self) -> dict[str, bool]:
        """The partition numbers that the worker was given, and whether it counts them."""
        return partitions(self.numbers)

    @property
    def counted(self) -> list[str]:
        """The partition numbers that the worker counts."""
        return [number for number, counted in self.partitions.items() if counted]

    @property
    def applied(self) -> int:
        """How many events this worker has applied since its start."""
        return sum(
            value // 1000
            for key, value in self.numbers.items()
            if key.name == "helpdesk_pipeline_events_total" and key.label("outcome") == "applied"
        )

    @property
    def caught_up(self) -> bool:
        """Whether the worker has applied all records of all its partitions, as far as it knows."""
        lags = [
            value
            for key, value in self.numbers.items()
            if key.name == "helpdesk_pipeline_consumer_lag_records"
        ]
        topics = sum(key.name == "helpdesk_pipeline_partition_assigned" for key in self.numbers)
        return len(lags) == topics and not any(lags)

    @property
    def checkpointed(self) -> int:
        """When the worker last finished a checkpoint, in milliseconds; 0 if never."""
        key = Series("helpdesk_pipeline_checkpoint_last_success_timestamp_seconds", ())
        return self.numbers.get(key, 0)


@dataclass(frozen=True)
class Round:
    """The pages of all workers that answered, at one instant."""

    at: int
    pages: Sequence[Page | None]

    @property
    def missing(self) -> int:
        """How many partitions are not counted exactly once."""
        found = Counter(number for page in self.answers for number in page.counted)
        return PARTITIONS - sum(times == 1 for times in found.values())

    @property
    def answers(self) -> list[Page]:
        """The pages that there are."""
        return [page for page in self.pages if page is not None]

    @property
    def complete(self) -> bool:
        """Whether every partition is counted once, with all its records."""
        return self.missing == 0 and all(page.caught_up for page in self.answers)

    @property
    def checkpointed(self) -> int:
        """Since when every worker with partitions has finished a checkpoint, in milliseconds."""
        return min((page.checkpointed for page in self.answers if page.partitions), default=0)

    @property
    def numbers(self) -> dict[Series, int]:
        """What the workers say about the helpdesk, together."""
        return kpis(total(page.numbers for page in self.answers))


class Crew:
    """The workers of the demo."""

    def __init__(self, processes: Sequence[WorkerProcess]) -> None:
        self.processes = {process.name: process for process in processes}
        self._counts: dict[str, deque[tuple[int, int]]] = {
            name: deque() for name in self.processes
        }

    async def ask(self, session: aiohttp.ClientSession, at: int) -> Round:
        """Return what the workers that run say of the instant `at` (ms), now or a little ahead."""
        asked = [self._page(session, process, at) for process in self.processes.values()]
        return Round(at, await asyncio.gather(*asked))

    def views(self, seen: Round) -> list[WorkerView]:
        """Return the workers as the page shows them; call it once a round."""
        return [
            self._view(process, page)
            for process, page in zip(self.processes.values(), seen.pages, strict=True)
        ]

    def fullest(self, seen: Round) -> WorkerProcess | None:
        """Return the worker that runs and has the most partitions, if one runs."""
        running = [
            (len(page.counted) if page is not None else 0, process)
            for process, page in zip(self.processes.values(), seen.pages, strict=True)
            if process.alive
        ]
        return max(running, key=lambda pair: pair[0])[1] if running else None

    async def _page(
        self, session: aiohttp.ClientSession, process: WorkerProcess, at: int
    ) -> Page | None:
        if not process.alive:
            return None
        try:
            async with session.get(f"{process.address}/metrics", params={"at": str(at)}) as answer:
                answer.raise_for_status()
                text = await answer.text()
        except (aiohttp.ClientError, TimeoutError):
            return None
        return Page(at, parse(text))

    def _view(self, process: WorkerProcess, page: Page | None) -> WorkerView:
        partitions = 0 if page is None else len(page.counted)
        return WorkerView(
            name=process.name,
            state=state(process, page),
            partitions=partitions,
            of=PARTITIONS,
            rate=self._rate(process.name, page),
            address=process.address,
        )

    def _rate(self, name: str, page: Page | None) -> float | None:
        counts = self._counts[name]
        if page is None:
            counts.clear()
            return None
        counts.append((page.at, page.applied))
        while counts[0][0] < page.at - RATE_OVER:
            counts.popleft()
        (begin, before), (end, after) = counts[0], counts[-1]
        return None if begin == end else (after - before) * SECOND / (end - begin)


def state(process: WorkerProcess, page: Page | None) -> WorkerState:
    """Return how a worker is."""
    if not process.alive:
        return "killed" if process.killed else "ended" if process.started else "starting"
    if page is None or not page.partitions:
        return "starting"
    return "running" if all(page.partitions.values()) else "recovering"
