"""A number is narrowed down by what all of its families have, and divided last."""

from schemas.policy import Policy
from schemas.settings import Settings
from schemas.settings_check import load_settings
from streams.artifacts.dashboards.desk import Desk, desk
from streams.artifacts.dashboards.every_number import narrowed
from streams.kpis.kpi import PREVIOUS
from streams.kpis.promql import queries

DESK = desk(load_settings("sla: [{id: all, objective: 0.9}]", {}, "deskpulse.yaml"))


def catalogue_query(of: Desk, family: str, number: int) -> str:
    """Return a query of the catalogue as a dashboard asks it."""
    names = {record.name: record for record in of.records.values()}
    return narrowed(queries(of.records[family])[number].promql, names)


def test_a_sum_is_narrowed_down_by_the_labels_of_its_family() -> None:
    assert DESK.count("tickets_opened") == (
        'sum by (job) (helpdesk_rolling_tickets_opened{job=~"$job",queue=~"$queue",'
        'channel=~"$channel",priority=~"$priority",window="$window"})'
    )
    assert DESK.count("contacts", "channel") == (
        'sum by (job, channel) (helpdesk_rolling_contacts{job=~"$job",channel=~"$channel",'
        'window="$window"})'
    )


def test_a_level_has_no_window() -> None:
    assert "window" not in DESK.count("tickets_waiting")


def test_a_recording_is_read_where_it_keeps_the_labels() -> None:
    assert DESK.share("calls_abandoned", "calls", "queue") == (
        "job_queue_window:helpdesk_rolling_calls_abandoned_per_calls:ratio"
        '{job=~"$job",queue=~"$queue",window="$window"}'
    )
    assert DESK.share("calls_abandoned", "calls", "queue", prefix=PREVIOUS).startswith(
        "(sum by (job, queue) (helpdesk_previous_calls_abandoned{"
    ), "without previous_windows nothing is recorded of them"


def test_sums_are_read_where_a_recording_has_lost_a_label() -> None:
    assert DESK.share("calls_abandoned", "calls") == (
        '(sum by (job) (helpdesk_rolling_calls_abandoned{job=~"$job",queue=~"$queue",'
        'window="$window"}) or 0 * '
        'sum by (job) (helpdesk_rolling_calls{job=~"$job",queue=~"$queue",window="$window"})) / '
        '(sum by (job) (helpdesk_rolling_calls{job=~"$job",queue=~"$queue",window="$window"}) > 0)'
    )
    by_queue = DESK.quantile("reply_time_seconds", 0.9, "queue")
    assert by_queue.startswith("histogram_quantile(0.9, sum by (job, queue, le) (")


def test_what_is_never_added_up_stays_apart() -> None:
    assert DESK.mean("csat_score").startswith("sum by (job, scale) (")
    assert DESK.count("revenue_attributed").startswith("sum by (job, currency) (")


def test_both_sides_of_a_share_are_narrowed_down_alike() -> None:
    """Orders have no channel, so the contacts for an order are those of all channels."""
    assert DESK.share("contacts", "orders") == (
        'job_window:helpdesk_rolling_contacts_per_orders:ratio{job=~"$job",window="$window"}'
    )
    for of_cost in (1, 2):
        assert "$queue" not in catalogue_query(DESK, "cost", of_cost)
    assert "$queue" in catalogue_query(DESK, "tickets_resolved", 0)


def test_the_window_before_is_another_family() -> None:
    assert "helpdesk_previous_csat_score_gsum" in DESK.mean("csat_score", prefix=PREVIOUS)
    assert "helpdesk_previous" not in DESK.mean("csat_score")


def test_zero_is_shown_only_where_every_worker_is_ready() -> None:
    assert DESK.number_now("sla_overdue").endswith(
        ' or 0 * (min by (job) (helpdesk_pipeline_ready{job=~"$job"}) == 1)'
    )


def test_queries_of_the_catalogue_keep_what_they_pin() -> None:
    assert catalogue_query(DESK, "csat_score", 1) == (
        '1 - sum(helpdesk_rolling_csat_score_bucket{job=~"$job",queue=~"$queue",'
        'channel=~"$channel",scale="1-5",le="3.0",window="$window"}) / '
        'sum(helpdesk_rolling_csat_score_gcount{job=~"$job",queue=~"$queue",'
        'channel=~"$channel",scale="1-5",window="$window"})'
    )


def test_without_windows_there_are_levels_only() -> None:
    seen = desk(Settings(policy=Policy(windows=())))
    assert not seen.has("tickets_opened")
    assert not seen.has("channel_available_seconds")
    assert seen.has("tickets_waiting", "customers")
