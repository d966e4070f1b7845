"""Are the numbers whole, right and fresh?"""

from collections.abc import Iterator
from typing import Final

from schemas.scalars import SECOND
from streams.artifacts.dashboards.board import Board, Section
from streams.artifacts.dashboards.chapter import Chapter, runbooks
from streams.artifacts.dashboards.desk import Desk, selector
from streams.artifacts.dashboards.panels import (
    BAD,
    COUNT,
    GOOD,
    PER_SECOND,
    PLAIN,
    SECONDS,
    SHARE,
    Panel,
    Query,
    at_least,
    at_most,
    bars_panel,
    stat_panel,
    trend_panel,
)
from streams.artifacts.pipeline_alerts import NEAR, grown
from streams.artifacts.rule import aggregate, total
from streams.exposition import pipeline as families
from streams.exposition.pipeline import PIPELINE, PipelineFamily

UP: Final = selector("up")
EACH: Final = "instance"


def sections(desk: Desk) -> Iterator[Section]:
    """Yield workers, partitions, input, state, and every number of the workers."""
    yield Section("", [*workers(desk), *partitions(desk), *freshness(desk)])
    yield Section("Input", list(incoming(desk)))
    yield Section("State", list(state(desk)))
    yield Section("Every number of the workers", [of_family(each) for each in PIPELINE], True)


def of(family: PipelineFamily, **pinned: str) -> str:
    """Return the selector of a family about the worker."""
    return selector(family.sample, **pinned)


def growth(family: PipelineFamily, *by: str, **pinned: str) -> str:
    """Return how much a counter grows in a second, over workers."""
    return total(f"rate({of(family, **pinned)}[$__rate_interval])", *by)


def within(family: PipelineFamily, share_below: float) -> str:
    """Return a quantile of what a histogram observed lately, over workers."""
    buckets = f"rate({selector(f'{family.name}_bucket')}[$__rate_interval])"
    return f"histogram_quantile({share_below}, {total(buckets, 'le')})"


def workers(desk: Desk) -> Iterator[Panel]:
    """Yield whether the workers are well."""
    yield stat_panel(
        "Does every worker answer?",
        "Whether Prometheus reaches each worker.",
        [Query(UP, "{{instance}}")],
        PLAIN,
        limits=at_least(1),
        words={"0": ("down", BAD), "1": ("up", GOOD)},
        links=runbooks(desk, "HelpdeskNoWorker", "HelpdeskWorkerDown"),
    )
    yield stat_panel(
        "Is every worker ready?",
        "Whether each worker has read back the partitions that it was given.",
        [Query(of(families.READY), "{{instance}}")],
        PLAIN,
        limits=at_least(1),
        words={"0": ("not yet", BAD), "1": ("ready", GOOD)},
        links=runbooks(desk, "HelpdeskWorkerNotReady"),
    )
    yield stat_panel(
        "Does every worker show its KPIs?",
        "Whether each worker could compute its KPIs when it was asked last.",
        [Query(of(families.COLLECT_SUCCESS), "{{instance}}")],
        PLAIN,
        limits=at_least(1),
        words={"0": ("missing", BAD), "1": ("shown", GOOD)},
        links=runbooks(desk, "HelpdeskKpisMissing"),
    )


def partitions(desk: Desk) -> Iterator[Panel]:
    """Yield whether each partition is counted once."""
    owned, recovered = f"{of(families.ASSIGNED)} == 1", f"{of(families.RECOVERED)} == 1"
    owners = f"count by (job, topic, partition) ({owned})"
    yield stat_panel(
        "Is every partition counted once?",
        "Partitions with a worker, and those that it has recovered and counts, of "
        f"{desk.settings.kafka.partitions}; and partitions with several workers, which are "
        "counted as often.",
        [
            Query(f"count by (job) (group by (job, partition) ({owned}))", "with a worker"),
            Query(f"count by (job) (group by (job, partition) ({recovered}))", "counted"),
            Query(f"count by (job) ({owners} > 1) or 0 * count by (job) ({owned})", "several"),
        ],
        COUNT,
        limits=at_least(desk.settings.kafka.partitions).of("several", at_most(1)),
        links=runbooks(
            desk,
            "HelpdeskPartitionWithoutWorker",
            "HelpdeskSumsIncomplete",
            "HelpdeskPartitionOwnedTwice",
        ),
    )


def freshness(desk: Desk) -> Iterator[Panel]:
    """Yield how far the numbers are behind."""
    limits = desk.settings.alerts
    yield trend_panel(
        "Do the workers keep up?",
        "Records of a topic that are not applied yet.",
        [Query(total(of(families.LAG), "topic"), "{{topic}}")],
        COUNT,
        limits=at_most(limits.lag_records),
        links=runbooks(desk, "HelpdeskConsumerLag"),
    )
    yield trend_panel(
        "How long until an event counts?",
        "From the time of an event until it counts: half and 99 % of the events.",
        [
            Query(within(families.EVENT_TO_METRIC, 0.5), "half within"),
            Query(within(families.EVENT_TO_METRIC, 0.99), "99 % within"),
        ],
        SECONDS,
    )


def incoming(desk: Desk) -> Iterator[Panel]:
    """Yield what arrives, and what is refused."""
    limits = desk.settings.alerts
    yield trend_panel(
        "What arrives?",
        "Records read from Kafka in a second, by what became of them.",
        [Query(growth(families.EVENTS, "outcome"), "{{outcome}}")],
        PER_SECOND,
        links=runbooks(desk, "HelpdeskInputStale", "HelpdeskRecordsMisplaced"),
        size=(7, 8),
    )
    yield trend_panel(
        "Is the input read?",
        "Time since Kafka last answered a fetch, by worker, of the partition that waits longest.",
        [
            Query(f"time() - {aggregate('min', of(families.LAST_FETCH), EACH)}", "{{instance}}"),
        ],
        SECONDS,
        limits=at_most(limits.fetch_age / SECOND),
        links=runbooks(desk, "HelpdeskInputNotRead", "HelpdeskRecordsLost"),
        size=(6, 8),
    )
    yield stat_panel(
        "How old is the latest event?",
        "Time since the latest event that was applied happened.",
        [Query(f"time() - {aggregate('max', of(families.LAST_EVENT))}", "latest event")],
        SECONDS,
        limits=at_most(limits.stale / SECOND),
        links=runbooks(desk, "HelpdeskInputStale"),
        size=(4, 8),
    )
    yield trend_panel(
        "Why are events refused?",
        "Events that went to the dead-letter topic in 15 minutes, by reason.",
        [Query(total(grown(of(families.REJECTED), "15m"), "reason"), "{{reason}}")],
        COUNT,
        limits=at_most(limits.rejected_events),
        links=runbooks(desk, "HelpdeskEventsRejected"),
        size=(7, 8),
    )


def state(desk: Desk) -> Iterator[Panel]:
    """Yield checkpoints, memory, clocks and labels."""
    limits = desk.settings.alerts
    yield trend_panel(
        "How old is the last checkpoint?",
        "Time since each worker wrote down what it knows; it writes only while events come.",
        [Query(f"time() - {of(families.CHECKPOINT_SUCCESS)}", "{{instance}}")],
        SECONDS,
        limits=at_most(limits.checkpoint_age / SECOND),
        links=runbooks(desk, "HelpdeskCheckpointOld"),
        size=(7, 8),
    )
    yield trend_panel(
        "How full are the workers?",
        "Entities that each worker holds, by what its memory has room for.",
        [Query(f"{total(of(families.ENTITIES), EACH)} / {limits.entities}", "{{instance}}")],
        SHARE,
        limits=at_most(NEAR),
        links=runbooks(desk, "HelpdeskStateNearLimit"),
        size=(7, 8),
    )
    snapshot = of(families.SNAPSHOT)
    yield trend_panel(
        "Do the clocks agree?",
        "How far each worker's clock is from that of Prometheus.",
        [Query(f"abs(timestamp({snapshot}) - {snapshot})", "{{instance}}")],
        SECONDS,
        limits=at_most(limits.clock_skew / SECOND),
        links=runbooks(desk, "HelpdeskClockSkew"),
        size=(6, 8),
    )
    yield bars_panel(
        "Do labels have too many values?",
        "Values that became `other` in an hour because their label is not listed.",
        [Query(total(grown(of(families.OVERFLOW), "1h"), "label"), "{{label}}")],
        COUNT,
        limits=at_most(1),
        links=runbooks(desk, "HelpdeskLabelOverflow"),
        size=(4, 8),
    )


def of_family(family: PipelineFamily) -> Panel:
    """Return the panel of a family about the worker."""
    unit = SECONDS if family.name.endswith("_seconds") else COUNT
    legend = " ".join(f"{{{{{label}}}}}" for label in family.labels) or "all workers"
    if family.kind == "counter":
        queries, unit = [Query(growth(family, *family.labels), legend)], PER_SECOND
    elif family.kind == "histogram":
        queries = [
            Query(within(family, 0.5), "half within"),
            Query(within(family, 0.99), "99 % within"),
        ]
    elif family.name.endswith("_timestamp_seconds"):
        latest = aggregate(family.aggregate, of(family), *family.labels)
        queries = [Query(f"time() - {latest}", f"{legend}, seconds ago")]
    else:
        queries = [Query(aggregate(family.aggregate, of(family), *family.labels), legend)]
    title = family.name.removeprefix("helpdesk_").removeprefix("pipeline_").replace("_", " ")
    return trend_panel(title.capitalize(), family.help, queries, unit, size=(8, 7))


BOARD: Final = Board(
    chapter=Chapter.PIPELINE,
    question="Are the numbers whole, right and fresh?",
    sections=sections,
)
