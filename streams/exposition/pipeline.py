"""The families `helpdesk_pipeline_*`: the worker about itself. (Contract 3, pipeline.)"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import accumulate
from typing import Any, Final, Literal

from prometheus_client.metrics_core import Metric
from prometheus_client.utils import floatToGoString

from schemas.scalars import SECOND
from streams.exposition.statistics import Histogram, Reading

Labels = tuple[str, ...]


@dataclass(frozen=True)
class PipelineFamily:
    """A family about the worker: what it is and how it adds up over workers."""

    name: str
    kind: Literal["counter", "gauge", "histogram", "info"]
    help: str
    labels: Labels = ()
    aggregate: Literal["sum", "max", "min"] = "sum"

    @property
    def sample(self) -> str:
        """The name of its samples, where it is no histogram."""
        return self.name + {"counter": "_total", "info": "_info"}.get(self.kind, "")

    def metric(self, values: Mapping[Any, float] | float) -> Metric:
        """Return the family with `values` by its labels; a plain number where it has none."""
        result = Metric(self.name, self.help, self.kind)
        rows = values if isinstance(values, Mapping) else {(): values}
        for labels, value in sorted(rows.items()):
            result.add_sample(self.sample, self._labelled(labels), value)
        return result

    def histogram(self, observed: Histogram) -> Metric:
        """Return the family as the cumulative buckets of `observed`."""
        result = Metric(self.name, self.help, self.kind)
        bounds = (*observed.bounds, float("inf"))
        for bound, count in zip(bounds, accumulate(observed.counts), strict=True):
            result.add_sample(f"{self.name}_bucket", {"le": str(floatToGoString(bound))}, count)
        result.add_sample(f"{self.name}_count", {}, sum(observed.counts))
        result.add_sample(f"{self.name}_sum", {}, observed.sum)
        return result

    def _labelled(self, values: Labels) -> dict[str, str]:
        return dict(zip(self.labels, values, strict=True))


PARTITION: Final = ("topic", "partition")

BUILD: Final = PipelineFamily(
    "helpdesk_build",
    "info",
    "The program that runs: its version, and whether its hot modules are compiled.",
    ("version", "compiled"),
    aggregate="max",
)
EVENTS: Final = PipelineFamily(
    "helpdesk_pipeline_events",
    "counter",
    "Records read from Kafka, by what became of them.",
    ("topic", "outcome"),
)
REJECTED: Final = PipelineFamily(
    "helpdesk_pipeline_events_rejected",
    "counter",
    "Records that went to the dead-letter topic, by reason.",
    ("reason",),
)
MISPLACED: Final = PipelineFamily(
    "helpdesk_pipeline_records_misplaced",
    "counter",
    "Records in another partition than Kafka's own partitioner chooses; one a slice is looked at.",
    ("topic",),
)
LATE: Final = PipelineFamily(
    "helpdesk_pipeline_events_late",
    "counter",
    "Events that came after a later event of the same entity.",
)
LAG: Final = PipelineFamily(
    "helpdesk_pipeline_consumer_lag_records",
    "gauge",
    "Records of an assigned partition that are not applied yet.",
    PARTITION,
)
ASSIGNED: Final = PipelineFamily(
    "helpdesk_pipeline_partition_assigned",
    "gauge",
    "1 for every partition of an input topic that the group gave to this worker.",
    PARTITION,
)
RECOVERED: Final = PipelineFamily(
    "helpdesk_pipeline_partition_recovered",
    "gauge",
    "1 once the entities of an assigned partition are read back and it counts, else 0.",
    PARTITION,
)
LAST_EVENT: Final = PipelineFamily(
    "helpdesk_pipeline_last_event_timestamp_seconds",
    "gauge",
    "The latest time of an event that this worker applied.",
    PARTITION,
    aggregate="max",
)
LAST_FETCH: Final = PipelineFamily(
    "helpdesk_pipeline_last_fetch_timestamp_seconds",
    "gauge",
    "When Kafka last answered a fetch of an assigned partition, with records or without.",
    PARTITION,
    aggregate="max",
)
EVENT_TO_METRIC: Final = PipelineFamily(
    "helpdesk_pipeline_event_to_metric_seconds",
    "histogram",
    "From the time of an event until it counts; a backfill shows in the widest buckets.",
)
CHECKPOINT: Final = PipelineFamily(
    "helpdesk_pipeline_checkpoint_seconds",
    "histogram",
    "Duration of a checkpoint of one shard: changelog written and acknowledged.",
)
CHECKPOINT_SUCCESS: Final = PipelineFamily(
    "helpdesk_pipeline_checkpoint_last_success_timestamp_seconds",
    "gauge",
    "When a checkpoint last succeeded.",
    aggregate="min",
)
RECOVERY: Final = PipelineFamily(
    "helpdesk_pipeline_recovery_seconds",
    "gauge",
    "Duration of the last recovery of a shard, from its assignment until it counted.",
    aggregate="max",
)
ENTITIES: Final = PipelineFamily(
    "helpdesk_pipeline_entities",
    "gauge",
    "Entities held in memory.",
    ("kind",),
)
REBALANCES: Final = PipelineFamily(
    "helpdesk_pipeline_rebalances",
    "counter",
    "Assignments of partitions that this worker was given.",
)
OVERFLOW: Final = PipelineFamily(
    "helpdesk_pipeline_label_overflow",
    "counter",
    "Values of an unlisted dimension that became `other`: past max_label_values, or too long.",
    ("label",),
)
COLLECT: Final = PipelineFamily(
    "helpdesk_pipeline_collect_seconds",
    "gauge",
    "Duration of the last complete page before this one.",
    aggregate="max",
)
COLLECT_SUCCESS: Final = PipelineFamily(
    "helpdesk_pipeline_collect_success",
    "gauge",
    "1 if the KPIs are on this page, 0 if computing them failed and they were left out.",
    aggregate="min",
)
READY: Final = PipelineFamily(
    "helpdesk_pipeline_ready",
    "gauge",
    "1 if every assigned partition is recovered.",
    aggregate="min",
)
SNAPSHOT: Final = PipelineFamily(
    "helpdesk_pipeline_snapshot_timestamp_seconds",
    "gauge",
    "The instant t of the KPIs on this page.",
    aggregate="max",
)
FENCED: Final = PipelineFamily(
    "helpdesk_pipeline_fenced",
    "counter",
    "Checkpoints refused because another worker had taken the shard over.",
)
REREADS: Final = PipelineFamily(
    "helpdesk_pipeline_rereads",
    "counter",
    "Batches that did not begin at the expected offset and were read again.",
)
HOLES: Final = PipelineFamily(
    "helpdesk_pipeline_offset_holes",
    "counter",
    "Gaps in the offsets of an input topic that stayed when read again.",
)
EVICTED: Final = PipelineFamily(
    "helpdesk_pipeline_entities_evicted",
    "counter",
    "Entities forgotten because all that they say is past the horizon.",
)

PIPELINE: Final = (
    BUILD,
    EVENTS,
    REJECTED,
    MISPLACED,
    LATE,
    LAG,
    ASSIGNED,
    RECOVERED,
    LAST_EVENT,
    LAST_FETCH,
    EVENT_TO_METRIC,
    CHECKPOINT,
    CHECKPOINT_SUCCESS,
    RECOVERY,
    ENTITIES,
    REBALANCES,
    OVERFLOW,
    COLLECT,
    COLLECT_SUCCESS,
    READY,
    SNAPSHOT,
    FENCED,
    REREADS,
    HOLES,
    EVICTED,
)


@dataclass(frozen=True)
class Build:
    """What runs here."""

    version: str
    compiled: bool


def worker_metrics(reading: Reading, build: Build, collect_seconds: float) -> list[Metric]:
    """Return the families that describe the worker, all but `collect_success`."""
    counted = reading.statistics
    return [
        BUILD.metric({(build.version, "yes" if build.compiled else "no"): 1}),
        EVENTS.metric(counted.events),
        REJECTED.metric({(reason,): count for reason, count in counted.rejected.items()}),
        MISPLACED.metric({(topic,): count for topic, count in counted.misplaced.items()}),
        LATE.metric(counted.late),
        *_partition_metrics(reading),
        EVENT_TO_METRIC.histogram(counted.event_to_metric),
        CHECKPOINT.histogram(counted.checkpoint),
        CHECKPOINT_SUCCESS.metric(_known([((), _seconds(counted.checkpoint_succeeded))])),
        RECOVERY.metric(_known([((), counted.recovery_seconds)])),
        ENTITIES.metric({(kind,): count for kind, count in reading.entities.items()}),
        REBALANCES.metric(counted.rebalances),
        OVERFLOW.metric({(label,): count for label, count in reading.label_overflow.items()}),
        COLLECT.metric(collect_seconds),
        READY.metric(int(reading.ready)),
        SNAPSHOT.metric(reading.at / SECOND),
        FENCED.metric(counted.fenced),
        REREADS.metric(counted.rereads),
        HOLES.metric(counted.holes),
        EVICTED.metric(counted.evicted),
    ]


def _partition_metrics(reading: Reading) -> Iterator[Metric]:
    rows = {(state.topic, str(state.partition)): state for state in reading.partitions}
    yield LAG.metric(_known((labels, row.lag) for labels, row in rows.items()))
    yield ASSIGNED.metric(dict.fromkeys(rows, 1))
    yield RECOVERED.metric({labels: int(row.recovered) for labels, row in rows.items()})
    yield LAST_EVENT.metric(
        _known((labels, _seconds(row.last_event)) for labels, row in rows.items())
    )
    yield LAST_FETCH.metric(
        _known((labels, _seconds(row.last_fetch)) for labels, row in rows.items())
    )


def _known(rows: Iterable[tuple[Labels, float | None]]) -> dict[Labels, float]:
    """Return the rows that have a value: what has not happened yet is no sample, never 0."""
    return {labels: value for labels, value in rows if value is not None}


def _seconds(instant: int | None) -> float | None:
    return None if instant is None else instant / SECOND
