"""The rules are fresh, and Prometheus takes them."""

import re
from pathlib import Path
from typing import Final

import pytest
import yaml
from click.testing import CliRunner
from msgspec import structs

from schemas.duration import milliseconds
from schemas.policy import Policy, SlaPolicy
from schemas.settings import Settings
from schemas.settings_check import load_settings
from streams.artifacts.alerts import service_alerts
from streams.artifacts.recordings import ratios, recordings
from streams.artifacts.rules import (
    ALERTS,
    INTERVAL,
    RECORDINGS,
    alerts,
    rule_files,
    rule_groups,
    written,
)
from streams.commands.rules import command
from streams.kpis.catalogue import everything
from tests.rules.tools import DEPLOY, RULES, checked_in, demo_settings, run, shown

LEVEL: Final = re.compile(r"job(_[a-z]+)*")
SUM: Final = r"sum(?: by \([^)]*\) )?\(helpdesk_rolling_(\w+)\{[^}]*\}\)"
SHARE: Final = re.compile(rf"\(?{SUM}(?: or 0 \* {SUM}\))? / \(?{SUM}(?: > 0\))?")


def burning(*policies: SlaPolicy) -> list[tuple[str, str]]:
    """Return long window and selected SLAs of each alert on a burning budget."""
    settings = Settings(policy=Policy(sla=policies))
    return [
        (alert.labels["long"], match[1])
        for alert in service_alerts(settings)
        if alert.name == "HelpdeskSlaErrorBudgetBurn"
        and (match := re.search(r'sla=~"([^"]*)"', alert.expr)) is not None
    ]


@pytest.mark.parametrize("name", [RECORDINGS, ALERTS])
def test_checked_in_rules_are_fresh(name: str) -> None:
    """`deskpulse rules --config deploy/deskpulse.yaml --output deploy/prometheus/rules`."""
    assert (RULES / name).read_text("utf-8") == rule_files(demo_settings())[name]


def test_no_other_rules_lie_there() -> None:
    assert {file.name for file in RULES.iterdir()} == {RECORDINGS, ALERTS}


def test_the_command_writes_files_or_prints_one(tmp_path: Path) -> None:
    config = ["--config", str(DEPLOY / "deskpulse.yaml")]
    result = CliRunner().invoke(command, [*config, "--output", str(tmp_path / "rules")])
    assert result.exit_code == 0
    for name, text in rule_files(demo_settings()).items():
        assert (tmp_path / "rules" / name).read_text("utf-8") == text
    printed = yaml.safe_load(CliRunner().invoke(command, config).stdout)
    assert [group["name"] for group in printed["groups"]] == [
        "deskpulse-recordings",
        "deskpulse-service",
        "deskpulse-pipeline",
    ]


@pytest.mark.promtool
def test_prometheus_takes_the_rules() -> None:
    run("promtool", "check", "rules", "--lint=all", "--lint-fatal", *map(str, RULES.iterdir()))


@pytest.mark.promtool
@pytest.mark.parametrize(
    "text",
    [
        "",
        "windows: []",
        "windows: [7d]\nprevious_windows: [30d]",
        "agents: {enabled: true}\nprevious_windows: [1d, 30d]",
        "definitions: {csat: zendesk, fcr: zoho, one_touch: zendesk, conversion: gorgias}",
        "kpis: {disable: ['*_time_seconds', 'fcr_*', calls, csat_score]}",
        "kpis: {disable: ['sla_*']}\nsla: [{id: standard, objective: 0.9}]",
        "targets: {unresolved_tickets: {tech: 20}, first_response_p90: {tech: 900}}",
        "sla: [{id: 'a \"b\" \\ c.d', objective: 0.99, targets: {resolution: 1d}}]",
        "alerts: {job: 'a \"job\"'}",
    ],
)
def test_prometheus_takes_the_rules_of_other_settings(text: str, tmp_path: Path) -> None:
    for name, rules in rule_files(load_settings(text, {}, "deskpulse.yaml")).items():
        (tmp_path / name).write_text(rules, "utf-8")
    run("promtool", "check", "rules", "--lint=all", "--lint-fatal", *map(str, tmp_path.iterdir()))


@pytest.mark.promtool
def test_recordings_give_the_numbers_that_a_person_computes() -> None:
    run("promtool", "test", "rules", str(Path(__file__).parent / "recordings.yml"))


def test_rules_read_metrics_that_workers_show() -> None:
    read = {
        name
        for rule in (*checked_in(RECORDINGS), *checked_in(ALERTS))
        for name in re.findall(r"(?<![:\w])helpdesk_\w+", rule["expr"])
    }
    assert read - shown().keys() == set()


def test_prometheus_calls_the_workers_as_the_alerts_do() -> None:
    configuration = yaml.safe_load((DEPLOY / "prometheus" / "prometheus.yml").read_text("utf-8"))
    jobs = [job["job_name"] for job in configuration["scrape_configs"]]
    assert demo_settings().alerts.job in jobs


def test_recordings_are_named_level_metric_operation() -> None:
    names = [rule["record"] for rule in checked_in(RECORDINGS)]
    parts = [name.split(":") for name in names]
    assert len(set(names)) == len(names)
    assert [part for part in parts if len(part) != 3 or not LEVEL.fullmatch(part[0])] == []


def test_a_recording_is_named_after_the_labels_that_it_keeps() -> None:
    for rule in checked_in(RECORDINGS):
        level = rule["record"].split(":")[0].split("_")
        kept = re.findall(r"by \(([^)]*)\)", rule["expr"])
        assert all(set(each.split(", ")) - {"le"} <= set(level) for each in kept), rule


def test_windows_are_kept_or_pinned_and_rolling_numbers_never_rated() -> None:
    for rule in (*checked_in(RECORDINGS), *checked_in(ALERTS)):
        expression = rule["expr"]
        assert not re.search(r"(rate|increase|delta)\(helpdesk_(rolling|previous)_", expression)
        for inner in re.findall(
            r"by \(([^)]*)\) \(helpdesk_(?:rolling|previous)_\w+(\{[^}]*\})?", expression
        ):
            assert "window" in inner[0] or "window=" in inner[1], rule


def test_counters_are_read_by_their_growth() -> None:
    for rule in checked_in(ALERTS):
        found = re.findall(r"(\S*)\b\w+_total\b", rule["expr"])
        assert all("(" in before or before == "" for before in found), rule


def test_alerts_use_recordings_that_there_are() -> None:
    names = {rule["record"] for rule in checked_in(RECORDINGS)}
    used = {
        name
        for rule in checked_in(ALERTS)
        for name in re.findall(r"\bjob\w*:\w+:\w+", rule["expr"])
    }
    assert used <= names
    assert used


def test_every_share_of_the_catalogue_is_recorded() -> None:
    policy = Policy()
    shares = {
        (match[1], match[3])
        for kpi in everything(policy)
        for query in kpi.queries
        if (match := SHARE.fullmatch(query.promql)) and not match[1].endswith("_gsum")
    }
    assert shares <= set(ratios(policy))
    assert shares


def test_a_budget_that_cannot_burn_so_fast_has_no_alert_for_it() -> None:
    """With an objective of 80 %, 14.4 and 6 times the budget would be more than everything."""
    assert burning(SlaPolicy(id="low", objective=0.8)) == [("1d", "low"), ("3d", "low")]
    assert burning(SlaPolicy(id="high", objective=0.99), SlaPolicy(id="low", objective=0.9)) == [
        ("1h", "high"),
        ("6h", "high|low"),
        ("1d", "high|low"),
        ("3d", "high|low"),
    ]
    assert burning(SlaPolicy(id="none")) == []


def test_thresholds_come_from_the_settings() -> None:
    settings = load_settings("alerts: {oldest_waiting: 3h, lag_records: 77}", {}, "deskpulse.yaml")
    found = {alert.name: alert.expr for alert in alerts(settings)}
    assert found["HelpdeskOldestWaiting"].endswith("> 10800")
    assert found["HelpdeskConsumerLag"].endswith("> 77")


def test_alerts_of_kpis_that_are_not_kept_are_left_out() -> None:
    few = structs.replace(Policy(), windows=("1h",), previous_windows=("7d",))
    names = {alert.name for alert in service_alerts(Settings(policy=few))}
    assert "HelpdeskCsatFalling" not in names
    assert "HelpdeskSlaOverdue" not in names
    assert not any("sla" in each.record for each in recordings(few))


def test_a_worker_that_goes_down_ends_no_alert_about_the_service() -> None:
    """Its part is seen to be missing, and that silences the end, before the alert is let go."""
    rules = checked_in(ALERTS)
    (incomplete,) = (rule for rule in rules if rule["alert"] == "HelpdeskSumsIncomplete")
    seen = milliseconds(incomplete["for"]) + milliseconds(INTERVAL)
    for rule in rules:
        if rule["labels"]["component"] == "service":
            assert milliseconds(rule["keep_firing_for"]) > 2 * seen


def test_who_is_called_is_told_no_end_that_is_none_after_a_long_outage() -> None:
    """A critical alert that was let go fires again before the silence is over."""
    rules = checked_in(ALERTS)
    (incomplete,) = (rule for rule in rules if rule["alert"] == "HelpdeskSumsIncomplete")
    for rule in rules:
        if rule["labels"]["component"] == "service" and rule["labels"]["severity"] == "critical":
            back = milliseconds(rule["for"]) + milliseconds(INTERVAL)
            assert milliseconds(incomplete["keep_firing_for"]) > back


def test_what_is_printed_is_what_is_written() -> None:
    groups = rule_groups(demo_settings())
    assert {name: written(each) for name, each in groups.items()} == rule_files(demo_settings())
