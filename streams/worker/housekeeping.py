"""What a worker does beside its work: forget old entities, collect garbage, feel its pulse."""

import asyncio
import gc
import logging
from collections.abc import Callable, Mapping
from time import monotonic
from typing import Final

from schemas.scalars import LABEL_BYTES_MAX, Milliseconds
from streams.engine.engine import Engine, horizon
from streams.exposition.statistics import Statistics
from streams.worker.ownership import Ownership

PULSE_SECONDS: Final = 0.5
EVICTION_SECONDS: Final = 60.0
# Each minute so many entities of a shard are examined, and so many at once.
EVICTION_EXAMINED: Final = 50_000
EVICTION_SLICE: Final = 500
COLLECTION_SECONDS: Final = 60.0
OVERFLOW_SECONDS: Final = 60.0

logger = logging.getLogger(__name__)


class Pulse:
    """Notices that this process stood still for longer than its membership in the group lasts."""

    def __init__(self, session_seconds: float) -> None:
        self._session_seconds = session_seconds
        self._last = monotonic()

    def beat(self) -> bool:
        """Return whether the process went on in time since the last call."""
        last, self._last = self._last, monotonic()
        return self._last - last < self._session_seconds


async def keep_pulse(pulse: Pulse, ownership: Ownership) -> None:
    """Drop all shards when the process wakes up from a sleep that its membership did not survive.

    Kafka tells it only at the next heartbeat; until then its numbers would count twice.
    """
    while True:
        if not pulse.beat():
            ownership.doubt()
        await asyncio.sleep(PULSE_SECONDS)


async def evict(
    engine: Engine,
    ownership: Ownership,
    statistics: Statistics,
    clock: Callable[[], Milliseconds],
) -> None:
    """Forget entities past the horizon, now and then, a slice at a time.

    The horizon is counted from the latest event of the shard, not from the clock alone: what a
    wrong clock makes us forget does not come back with the right time.
    """
    kept = horizon(engine.policy)
    while True:
        await asyncio.sleep(EVICTION_SECONDS)
        for shard in ownership.shards:
            left = min(EVICTION_EXAMINED, sum(shard.partition.entities().values()))
            while left > 0 and ownership.holds(shard):
                before = min(clock(), shard.latest) - kept
                statistics.evicted += shard.partition.evict(before, EVICTION_SLICE)
                engine.flush_if_full()
                left -= EVICTION_SLICE
                await asyncio.sleep(0)


async def collect_garbage(ownership: Ownership) -> None:
    """Collect when nothing else is to do, rather than whenever so many objects were made.

    What is there once the shards are recovered stays: it is not looked through again.
    """
    gc.disable()
    frozen = False
    while True:
        await asyncio.sleep(COLLECTION_SECONDS)
        gc.collect()
        if not frozen and ownership.missing is None:
            gc.freeze()
            frozen = True


async def tell_overflows(overflows: Callable[[], Mapping[str, int]]) -> None:
    """Say by label that values have become `other` since the last time; never which."""
    told: dict[str, int] = {}
    while True:
        found = dict(overflows())
        for label, count in found.items():
            if more := count - told.get(label, 0):
                logger.warning(
                    "%d more values of the label %s became other: there are more than "
                    "max_label_values, or they have more than %d bytes. List the ones that you "
                    "want to see in dimensions.",
                    more,
                    label,
                    LABEL_BYTES_MAX,
                )
        told = found
        await asyncio.sleep(OVERFLOW_SECONDS)
