"""Computes a page when it is asked for. A fault shows in a metric, never in half a page."""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from time import perf_counter
from typing import Final, Protocol

from prometheus_client.metrics_core import Metric

from schemas.scalars import Milliseconds
from streams.engine.samples import Family
from streams.exposition.families import Format, metrics, page
from streams.exposition.pipeline import COLLECT_SUCCESS, Build, worker_metrics
from streams.exposition.statistics import Reading

# Scrapes closer together than this share one snapshot.
FRESH: Final = 250

logger = logging.getLogger(__name__)


class Snapshot(Protocol):
    """The numbers at one instant; may be read in another thread."""

    def families(self) -> Iterable[Family]:
        """Return the families one by one."""
        ...


@dataclass(frozen=True)
class Taken:
    """What a page is made of, taken at one instant; `kpis` None if the snapshot failed."""

    at: Milliseconds
    worker: list[Metric]
    kpis: Snapshot | None


class Collector:
    """Takes what a page needs, on the event loop, and renders it, in any thread.

    `snapshot(t)` must not be asked for an earlier t than before, nor is it.
    """

    def __init__(
        self,
        snapshot: Callable[[Milliseconds], Snapshot],
        reading: Callable[[Milliseconds], Reading],
        clock: Callable[[], Milliseconds],
        build: Build,
    ) -> None:
        self._snapshot = snapshot
        self._reading = reading
        self._clock = clock
        self._build = build
        self._taken: Taken | None = None
        self._collect_seconds = 0.0

    def take(self) -> Taken:
        """Return what is true now, or a fraction of a second ago."""
        now = self._clock()
        if self._taken is None or now - self._taken.at >= FRESH:
            return self._take(now)
        return self._taken

    def take_at(self, at: Milliseconds) -> Taken:
        """Return what is true at `at`. Raises ValueError if a later page was taken already."""
        if self._taken is not None and self._taken.at > at:
            raise ValueError("a later instant was asked for already")
        return self._take(at)

    def render(self, taken: Taken, form: Format) -> bytes:
        """Return the page of `taken`, with the KPIs or, if they fail, without any of them."""
        start = perf_counter()
        if taken.kpis is not None:
            try:
                kpis = list(metrics(taken.kpis.families()))
                result = page([*taken.worker, COLLECT_SUCCESS.metric(1), *kpis], form)
            except Exception:
                # Whatever a KPI runs into, the page about the worker still has to say so.
                logger.exception("The KPIs cannot be rendered; the page goes out without them")
            else:
                self._collect_seconds = perf_counter() - start
                return result
        return page([*taken.worker, COLLECT_SUCCESS.metric(0)], form)

    def _take(self, at: Milliseconds) -> Taken:
        worker = worker_metrics(self._reading(at), self._build, self._collect_seconds)
        self._taken = Taken(at, worker, self._kpis(at))
        return self._taken

    def _kpis(self, at: Milliseconds) -> Snapshot | None:
        try:
            return self._snapshot(at)
        except Exception:
            logger.exception("The KPIs cannot be computed; the page goes out without them")
            return None
