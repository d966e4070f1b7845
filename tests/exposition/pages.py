"""A reading of an invented worker, and its page, for tests of either."""

from collections import Counter

from schemas.scalars import Milliseconds
from streams.engine.engine import Engine
from streams.exposition.collector import Collector
from streams.exposition.families import Format
from streams.exposition.pipeline import Build
from streams.exposition.statistics import PartitionState, Reading, Statistics

AT = Milliseconds(1_795_000_000_123)
BUILD = Build("1.2.3", compiled=True)


def reading(at: Milliseconds = AT) -> Reading:
    """Return a reading with something in every family."""
    statistics = Statistics(
        events=Counter({("helpdesk.tickets", "applied"): 7, ("helpdesk.calls", "rejected"): 1}),
        rejected=Counter({"wrong_key": 1}),
        late=2,
        rebalances=3,
        recovery_seconds=0.25,
        checkpoint_succeeded=Milliseconds(1_795_000_000_000),
    )
    statistics.checkpoint.observe(0.02)
    statistics.event_to_metric.observe_sorted([0.05, 0.7, 100_000.0])
    partitions = [
        PartitionState("helpdesk.tickets", 0, True, 5, Milliseconds(1_794_999_999_000), AT),
        PartitionState("helpdesk.tickets", 1, False, None, None, None),
    ]
    return Reading(at, statistics, partitions, Counter({"ticket": 4}), {"queue": 1}, ready=False)


def whole_page(engine: Engine, t: int, form: Format) -> bytes:
    """Return the page that this worker serves of an engine at an instant."""
    at = Milliseconds(t)
    collector = Collector(engine.snapshot, reading, lambda: at, BUILD)
    return collector.render(collector.take(), form)
