"""Alerts about Deskpulse itself: whether its numbers are whole, right and fresh."""

from collections.abc import Iterator
from typing import Final

from schemas.duration import written
from schemas.scalars import SECOND
from schemas.settings import Settings
from streams.artifacts.rule import Alert, aggregate, quoted, total

# The share of a limit at which there is still time to act.
NEAR: Final = 0.8


def pipeline_alerts(settings: Settings) -> Iterator[Alert]:
    """Yield the alerts about workers, input and state. (Contract 3, pipeline.)"""
    yield from _workers(settings)
    yield from _partitions(settings)
    yield from _input(settings)
    yield from _left_out(settings)
    yield from _state(settings)


def grown(counter: str, span: str) -> str:
    """Return by how much a counter grew in a span of time.

    `increase` misses the first value of a new series. New is what was not there in the day
    before, so that a pause of Prometheus makes nothing new.
    """
    new = f"({counter} unless last_over_time({counter}[1d] offset {span}))"
    return f"{new} or increase({counter}[{span}])"


def _workers(settings: Settings) -> Iterator[Alert]:
    up = f"up{{job={quoted(settings.alerts.job)}}}"
    yield Alert(
        name="HelpdeskNoWorker",
        expr=f"absent({up} == 1)",
        severity="critical",
        component="pipeline",
        wait="2m",
        labels={"job": settings.alerts.job},
        summary="No worker answers.",
        description=f"Prometheus reaches no worker of job {settings.alerts.job}: no KPI is known.",
    )
    yield Alert(
        name="HelpdeskWorkerDown",
        expr=f"{up} == 0",
        severity="warning",
        component="pipeline",
        wait="2m",
        summary="A worker does not answer.",
        description="Prometheus does not reach worker {{ $labels.instance }}; the others have to "
        "do its part.",
    )
    yield Alert(
        name="HelpdeskWorkerNotReady",
        expr="helpdesk_pipeline_ready == 0",
        severity="critical",
        component="pipeline",
        wait=written(settings.alerts.not_ready),
        summary="A worker does not become ready.",
        description="Worker {{ $labels.instance }} is not ready; what it has not recovered is "
        "missing from the sums.",
    )
    yield Alert(
        name="HelpdeskKpisMissing",
        expr="helpdesk_pipeline_collect_success == 0",
        severity="critical",
        component="pipeline",
        wait="2m",
        summary="A worker answers without its KPIs.",
        description="Worker {{ $labels.instance }} could not compute its KPIs; its part is "
        "missing from the sums.",
    )
    yield Alert(
        name="HelpdeskClockSkew",
        expr="abs(timestamp(helpdesk_pipeline_snapshot_timestamp_seconds) - "
        "helpdesk_pipeline_snapshot_timestamp_seconds) > "
        f"{settings.alerts.clock_skew / SECOND:g}",
        severity="warning",
        component="pipeline",
        wait="5m",
        summary="A worker's clock is not Prometheus' clock.",
        description="The clocks of worker {{ $labels.instance }} and of Prometheus are "
        "{{ $value | humanizeDuration }} apart.",
    )


def _partitions(settings: Settings) -> Iterator[Alert]:
    partitions = settings.kafka.partitions
    owned = "helpdesk_pipeline_partition_assigned == 1"
    counted = (
        "helpdesk_pipeline_partition_recovered == 1"
        " and on (job, instance) helpdesk_pipeline_collect_success == 1"
    )
    up = f"up{{job={quoted(settings.alerts.job)}}}"
    # Alertmanager holds alerts about the service back while this one fires: until those that were
    # let go in a long outage fire again, so that no end is told which is none.
    yield Alert(
        name="HelpdeskSumsIncomplete",
        expr=f"{partitions} - (count by (job) (group by (job, partition) ({counted}))"
        f" or 0 * count by (job) ({up})) > 0",
        severity="info",
        component="pipeline",
        wait="0s",
        keep="3m",
        summary="A part of the helpdesk is missing from all sums.",
        description=f"{{{{ $value }}}} of {partitions} partitions are counted by no worker; "
        "alerts about the service are held back until they are.",
    )
    yield Alert(
        name="HelpdeskPartitionWithoutWorker",
        expr=f"{partitions} - (count by (job) (group by (job, partition) ({owned}))"
        f" or 0 * count by (job) ({up} == 1)) > 0",
        severity="critical",
        component="pipeline",
        wait="2m",
        summary="Partitions are owned by no worker.",
        description=f"{{{{ $value }}}} of {partitions} partitions have no worker; what they hold "
        "is missing from the sums.",
    )
    yield Alert(
        name="HelpdeskPartitionOwnedTwice",
        expr=f"count by (job, topic, partition) ({owned}) > 1",
        severity="critical",
        component="pipeline",
        wait="2m",
        summary="A partition is owned by several workers.",
        description="{{ $value }} workers show partition {{ $labels.partition }} of topic "
        "{{ $labels.topic }}; what it holds is counted as many times.",
    )


def _input(settings: Settings) -> Iterator[Alert]:
    limits = settings.alerts
    # A worker that has just been started knows of no event yet.
    last_event = "helpdesk_pipeline_last_event_timestamp_seconds"
    yield Alert(
        name="HelpdeskConsumerLag",
        expr=f"{total('helpdesk_pipeline_consumer_lag_records', 'topic')} > {limits.lag_records}",
        severity="warning",
        component="pipeline",
        wait="10m",
        summary="Workers do not keep up with the input.",
        description="{{ $value | humanize }} records of topic {{ $labels.topic }} are not applied "
        "yet; the KPIs are behind.",
    )
    age = written(limits.fetch_age)
    # A stuck worker goes on fetching until it holds as much as it may.
    waiting = f"min_over_time(helpdesk_pipeline_consumer_lag_records[{age}]) > 0"
    taken = f"sum by (job, instance) (increase(helpdesk_pipeline_events_total[{age}])) > 0"
    yield Alert(
        name="HelpdeskInputNotRead",
        expr="count by (job, instance) (time() - helpdesk_pipeline_last_fetch_timestamp_seconds > "
        f"{limits.fetch_age // SECOND})\n"
        f"or count by (job, instance) ({waiting} unless on (job, instance) {taken})",
        severity="critical",
        component="pipeline",
        wait="1m",
        summary="A worker does not read its input.",
        description="Worker {{ $labels.instance }} has taken nothing from {{ $value }} "
        f"partition(s) of its input for over {age}; Kafka does not answer, or the worker is "
        "stuck. The KPIs do not follow the helpdesk.",
    )
    latest = aggregate("max", f"max_over_time({last_event}[{written(limits.stale)}])")
    yield Alert(
        name="HelpdeskInputStale",
        expr=f"time() - {latest} > {limits.stale // SECOND}",
        severity="warning",
        component="pipeline",
        wait="5m",
        summary="No events arrive.",
        description="The latest event is {{ $value | humanizeDuration }} old.",
    )


def _left_out(settings: Settings) -> Iterator[Alert]:
    limits = settings.alerts
    rejected = grown("helpdesk_pipeline_events_rejected_total", "15m")
    yield Alert(
        name="HelpdeskEventsRejected",
        expr=f"{total(rejected, 'reason')} > {limits.rejected_events}",
        severity="warning",
        component="pipeline",
        wait="1m",
        keep="5m",
        summary="Events are rejected.",
        description='{{ printf "%.0f" $value }} events went to the dead-letter topic in the last '
        "15 minutes, for reason {{ $labels.reason }}.",
    )
    lost = grown("helpdesk_pipeline_offset_holes_total", "1h")
    yield Alert(
        name="HelpdeskRecordsLost",
        expr=f"{total(lost)} > 0",
        severity="critical",
        component="pipeline",
        wait="0s",
        summary="Kafka deleted records before they were read.",
        description="In the last hour workers found {{ $value | humanize }} gaps in their input: "
        "the events in them count nowhere until they are sent again.",
    )
    misplaced = grown("helpdesk_pipeline_records_misplaced_total", "1h")
    yield Alert(
        name="HelpdeskRecordsMisplaced",
        expr=f"{total(misplaced, 'topic')} > 0",
        severity="warning",
        component="pipeline",
        wait="0s",
        summary="A producer partitions otherwise than Kafka's own.",
        description="Records of topic {{ $labels.topic }} lie in other partitions than their keys "
        "belong to: surveys may miss their tickets, and orders their customers.",
    )
    overflow = grown("helpdesk_pipeline_label_overflow_total", "1h")
    yield Alert(
        name="HelpdeskLabelOverflow",
        expr=f"{total(overflow, 'label')} > 0",
        severity="warning",
        component="pipeline",
        wait="0s",
        summary="A label has more values than are shown.",
        description='{{ printf "%.0f" $value }} values of label {{ $labels.label }} became '
        "`other` in the last hour.",
    )


def _state(settings: Settings) -> Iterator[Alert]:
    limits = settings.alerts
    yield Alert(
        name="HelpdeskCheckpointOld",
        expr="time() - helpdesk_pipeline_checkpoint_last_success_timestamp_seconds > "
        f"{limits.checkpoint_age // SECOND}\n"
        "and on (job, instance) sum by (job, instance) "
        '(rate(helpdesk_pipeline_events_total{outcome="applied"}[5m])) > 0',
        severity="critical",
        component="pipeline",
        wait="2m",
        summary="A worker writes no checkpoints.",
        description="Events come, and the last checkpoint of worker {{ $labels.instance }} is "
        "{{ $value | humanizeDuration }} old; a restart would read all since then again.",
    )
    yield Alert(
        name="HelpdeskStateNearLimit",
        expr=f"{total('helpdesk_pipeline_entities', 'instance')} / {limits.entities} > {NEAR}",
        severity="warning",
        component="pipeline",
        wait="15m",
        summary="A worker's state is close to what its memory holds.",
        description="Worker {{ $labels.instance }} holds {{ $value | humanizePercentage }} of the "
        "entities that it has room for.",
    )
