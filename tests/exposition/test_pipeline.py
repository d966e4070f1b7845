"""The worker's own families: complete, well-formed, and silent about what is not known."""

import subprocess

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families

from streams.exposition.families import page
from streams.exposition.pipeline import COLLECT_SUCCESS, PIPELINE, worker_metrics
from streams.exposition.statistics import Histogram, Reading, Statistics
from tests.exposition.pages import AT, BUILD, reading


def samples(what: Reading) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    """Return the samples of a page, read back by the strict parser."""
    text = page(worker_metrics(what, BUILD, 0.5), "openmetrics").decode()
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_every_declared_family_is_on_the_page() -> None:
    """The table of families and the page do not drift apart."""
    shown = {metric.name for metric in worker_metrics(reading(), BUILD, 0.5)}
    assert shown | {COLLECT_SUCCESS.name} == {family.name for family in PIPELINE}


def test_labels_are_those_declared() -> None:
    """Each sample has its family's labels, besides the `le` of a histogram."""
    declared = {family.name: set(family.labels) for family in PIPELINE}
    for metric in worker_metrics(reading(), BUILD, 0.5):
        for sample in metric.samples:
            assert set(sample.labels) - {"le"} == declared[metric.name], sample


def test_values_reach_the_page() -> None:
    """Counts, instants in seconds, and one line a partition."""
    found = samples(reading())
    tickets = ("topic", "helpdesk.tickets")
    assert found["helpdesk_pipeline_events_total", (("outcome", "applied"), tickets)] == 7
    assert found["helpdesk_pipeline_partition_recovered", (("partition", "1"), tickets)] == 0
    assert found["helpdesk_pipeline_consumer_lag_records", (("partition", "0"), tickets)] == 5
    fetched = "helpdesk_pipeline_last_fetch_timestamp_seconds", (("partition", "0"), tickets)
    assert found[fetched] == AT / 1000
    assert found["helpdesk_pipeline_snapshot_timestamp_seconds", ()] == AT / 1000
    assert found["helpdesk_build_info", (("compiled", "yes"), ("version", "1.2.3"))] == 1


def test_what_is_unknown_has_no_sample() -> None:
    """No lag before the first fetch, no checkpoint in 1970, no recovery that took 0 s."""
    unknown = ("partition", "1"), ("topic", "helpdesk.tickets")
    for name in ("consumer_lag_records", "last_fetch_timestamp_seconds"):
        assert (f"helpdesk_pipeline_{name}", unknown) not in samples(reading())
    fresh = samples(
        Reading(AT, Statistics(), [], reading().entities, {}, ready=False),
    )
    names = {name for name, _ in fresh}
    assert "helpdesk_pipeline_checkpoint_last_success_timestamp_seconds" not in names
    assert "helpdesk_pipeline_recovery_seconds" not in names


def test_counters_are_there_from_the_start() -> None:
    """So that their first increase is seen."""
    statistics = Statistics.beginning(["helpdesk.tickets"])
    found = samples(Reading(AT, statistics, [], reading().entities, {}, ready=False))
    tickets = ("topic", "helpdesk.tickets")
    assert found["helpdesk_pipeline_events_total", (("outcome", "rejected"), tickets)] == 0
    assert found["helpdesk_pipeline_events_rejected_total", (("reason", "too_old"),)] == 0


def test_no_created_series() -> None:
    """A process-local counter needs no time of creation."""
    assert b"_created" not in page(worker_metrics(reading(), BUILD, 0.5), "text")


def test_sorted_observations_count_like_single_ones() -> None:
    """The shortcut for many observations agrees with one by one, on the bounds too."""
    values = [0.0, 0.1, 0.1, 0.5, 0.50001, 7.0, 15.0, 99.0]
    one_by_one, together = Histogram((0.1, 0.5, 15.0)), Histogram((0.1, 0.5, 15.0))
    for value in values:
        one_by_one.observe(value)
    together.observe_sorted(values)
    assert together.counts == one_by_one.counts == [3, 1, 3, 1]
    assert together.sum == one_by_one.sum


@pytest.mark.promtool
def test_promtool_finds_nothing_to_improve() -> None:
    """Names, units and help texts follow the conventions."""
    text = page(worker_metrics(reading(), BUILD, 0.5), "text")
    done = subprocess.run(
        ["promtool", "check", "metrics"], input=text, capture_output=True, check=False
    )
    assert (done.returncode, done.stdout + done.stderr) == (0, b"")
