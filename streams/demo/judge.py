"""Compares the workers' numbers with the reference, again and again."""

import asyncio
import contextlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from schemas.policy import Policy
from streams.demo.metrics import Numbers
from streams.demo.reference import EvaluationError, Reference, differences, shown_by
from streams.demo.view import Verdict
from streams.kpis.catalogue import themes

# The reference is slow on purpose: it gets half of the time at most.
REST_SECONDS_MIN: Final = 2.0
REST: Final = 1.0


@dataclass(frozen=True)
class Exhibit:
    """The workers' numbers at one instant, and the events from which they must follow."""

    at: int
    numbers: Numbers
    events: bytes
    count: int


class Judge:
    """Runs one check at a time; `verdict` is the last one.

    A difference counts when the next check differs too: on a busy machine the first one may have
    met events on their way into a worker. `doubts` says that this is the case at present.
    """

    def __init__(
        self,
        reference: Reference,
        config: Path,
        policy: Policy,
        on_verdict: Callable[[Verdict], None],
    ) -> None:
        self.reference = reference
        self.verdict: Verdict | None = None
        self.checks = 0
        self.unequal = 0
        self.doubts = False
        self._config = config
        self._families = {record.name for theme in themes(policy) for record in theme.records}
        self._on_verdict = on_verdict
        self._check: asyncio.Task[None] | None = None
        self._not_before = 0.0

    @property
    def idle(self) -> bool:
        """Whether no check is under way."""
        return self._check is None or self._check.done()

    @property
    def wants(self) -> bool:
        """Whether it is time for the next check."""
        return self.idle and time.monotonic() >= self._not_before

    def judge(self, exhibit: Exhibit) -> None:
        """Begin a check. Raises what the last one raised."""
        if self._check is not None:
            self._check.result()
        self._check = asyncio.create_task(self._judge(exhibit))

    async def close(self) -> None:
        """End a check that is under way."""
        if self._check is not None:
            self._check.cancel()
            with contextlib.suppress(asyncio.CancelledError, EvaluationError):
                await self._check

    async def _judge(self, exhibit: Exhibit) -> None:
        began = time.monotonic()
        batch = await self.reference.evaluate(self._config, exhibit.at, exhibit.events)
        seconds = time.monotonic() - began
        found = differences(exhibit.numbers, shown_by(self._families, batch))
        if found and not self.doubts:
            self.doubts = True
            return
        self.doubts = bool(found)
        self._not_before = time.monotonic() + max(REST_SECONDS_MIN, REST * seconds)
        self.checks += 1
        self.unequal += bool(found)
        self.verdict = Verdict(
            equal=not found,
            series=len(exhibit.numbers),
            events=exhibit.count,
            at=exhibit.at,
            checked=time.time_ns() // 1_000_000,
            differences=found,
        )
        self._on_verdict(self.verdict)
