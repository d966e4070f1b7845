"""Every dashboard keeps the rules, and every rule finds what breaks it."""

from collections.abc import Callable, Iterator
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from schemas.settings_check import load_settings
from streams.artifacts.recordings import recordings
from tests.dashboards import linter, meaning
from tests.dashboards.reading import (
    OTHER_SETTINGS,
    checked_in,
    exclusions,
    expressions,
    made,
    numbers,
    selectors,
    variables,
)
from tests.dashboards.variables import EVERYTHING, substituted
from tests.rules.tools import demo_settings, run

RULES: Final = {**linter.RULES, **{rule.__name__: rule for rule in meaning.RULES}}
CHOSEN: Final = {**EVERYTHING, "queue": "tech|billing", "window": "7d", "currency": "EUR"}
Change = Callable[[dict[str, Any]], None]


@cache
def all_made() -> tuple[dict[str, Any], ...]:
    """Return the dashboards of all settings, the checked-in ones first."""
    others = (made(load_settings(text, {}, "deskpulse.yaml")) for text in OTHER_SETTINGS)
    return tuple(each for found in (checked_in(), *others) for each in found.values())


def faults(name: str, dashboard: dict[str, Any]) -> Iterator[str]:
    """Yield what breaks a rule and is not left out."""
    left_out = exclusions().get(name)
    for fault in RULES[name](dashboard):
        if left_out is None or (
            "entries" in left_out
            and not any(
                dashboard["title"] == entry["dashboard"] and fault.startswith(f"{entry['panel']}:")
                for entry in left_out["entries"]
            )
        ):
            yield fault


@pytest.mark.parametrize("name", RULES)
def test_every_dashboard_keeps_the_rule(name: str) -> None:
    found = [(dashboard["title"], [*faults(name, dashboard)]) for dashboard in all_made()]
    assert [each for each in found if each[1]] == []


def test_what_is_left_out_would_be_found() -> None:
    """An exclusion that excludes nothing is to be struck from .lint."""
    for name, excluded in exclusions().items():
        assert excluded["reason"].endswith(".")
        found = {
            (dashboard["title"], fault.partition(":")[0])
            for dashboard in checked_in().values()
            for fault in RULES[name](dashboard)
        }
        assert found
        for entry in excluded.get("entries", ()):
            assert (entry["dashboard"], entry["panel"]) in found


def first(dashboard: dict[str, Any]) -> dict[str, Any]:
    """Return the first panel that shows a number."""
    return next(iter(numbers(dashboard)))


def queries(expression: str, legend: str = "x") -> Change:
    """Return the change that lets the first panel query something else."""

    def change(dashboard: dict[str, Any]) -> None:
        first(dashboard)["targets"][0] |= {"expr": expression, "legendFormat": legend}

    return change


def says(**members: Any) -> Change:
    """Return the change of some members of the first panel."""
    return lambda dashboard: first(dashboard).update(members)


def is_variable(which: str, **members: Any) -> Change:
    """Return the change of some members of a variable."""
    return lambda dashboard: variables(dashboard)[which].update(members)


def leads_to(url: str) -> Change:
    """Return the change that lets the first panel lead somewhere else."""
    return lambda dashboard: first(dashboard)["fieldConfig"]["defaults"].update(
        links=[{"title": "x", "url": url}]
    )


OPENED: Final = "helpdesk_rolling_tickets_opened"
EVENTS: Final = "helpdesk_pipeline_events_total"
PLANTED: Final[tuple[tuple[str, Change], ...]] = (
    ("template-datasource-rule", is_variable("datasource", query="loki")),
    ("template-job-rule", is_variable("job", type="custom", multi=True, allValue=".+")),
    ("template-label-promql-rule", is_variable("job", query="labels(up, job)")),
    ("template-on-time-change-reload-rule", is_variable("job", refresh=1)),
    ("panel-datasource-rule", says(datasource={"type": "prometheus", "uid": "prometheus"})),
    ("panel-title-description-rule", says(description="")),
    ("panel-units-rule", says(fieldConfig={"defaults": {"unit": "days"}})),
    ("panel-no-targets-rule", says(targets=[])),
    ("target-promql-rule", queries('up{job=~"$work"}')),
    ("target-rate-interval-rule", queries(f'sum(rate({EVENTS}{{job=~"$job"}}[5m]))')),
    ("target-job-rule", queries('sum(up{job="deskpulse"})')),
    ("target-job-rule", queries("sum(up)")),
    ("target-counter-agg-rule", queries(f'sum({EVENTS}{{job=~"$job"}})')),
    ("target-counter-agg-rule", queries(f'sum(max_over_time({EVENTS}{{job=~"$job"}}[1h]))')),
    ("uneditable-dashboard", lambda dashboard: dashboard.update(editable=True)),
    ("windows_are_pinned", queries(f'sum({OPENED}{{job=~"$job"}})')),
    ("windows_are_pinned", queries('job_queue_window:x:p90{job=~"$job"}')),
    (
        "rolling_numbers_are_not_rated",
        queries(f'sum(rate({OPENED}{{job=~"$job",window="1d"}}[$__rate_interval]))'),
    ),
    ("nothing_is_averaged_or_made_up", queries('avg(up{job=~"$job"})')),
    ("nothing_is_averaged_or_made_up", queries('sum(up{job=~"$job"}) or vector(0)')),
    ("names_are_known", queries('sum(helpdesk_rolling_tickets{window="1d"})')),
    ("names_are_known", queries('sum(helpdesk_pipeline_events{job=~"$job"})')),
    ("matchers_are_on_labels", queries(f'sum({OPENED}{{agent=~"$agent",window="1d"}})')),
    ("matchers_are_on_labels", queries('job_queue:x:min{channel=~"$channel"}')),
    ("legends_name_labels", queries(f"sum by (job) ({OPENED})", "{{queue}}")),
    ("queries_have_letters_and_legends", queries("sum(up)", "")),
    ("titles_and_descriptions_are_sentences", says(description="Half a")),
    ("titles_are_unique", lambda dashboard: dashboard["panels"].append(first(dashboard))),
    ("panels_fit", says(gridPos={"x": 20, "y": 900, "w": 6, "h": 5})),
    ("panels_fit", says(gridPos={"x": 5, "y": 2, "w": 6, "h": 5})),
    ("links_lead_somewhere", leads_to("/d/deskpulse-weather")),
    ("links_lead_somewhere", leads_to("/d/deskpulse-sla")),
    ("links_lead_somewhere", leads_to("https://deskpulse.example/runbooks/HelpdeskRain.md")),
    ("links_lead_somewhere", lambda dashboard: dashboard["links"][0].update(keepTime=False)),
    ("variables_are_those_in_use", says(description="In $city.")),
    ("variables_are_those_in_use", is_variable("queue", name="country")),
)


@pytest.mark.parametrize(("name", "change"), PLANTED)
def test_a_rule_finds_what_breaks_it(name: str, change: Change) -> None:
    dashboard = checked_in()["Overview"]
    before = set(RULES[name](dashboard))
    broken = deepcopy(dashboard)
    change(broken)
    assert set(RULES[name](broken)) - before


def test_every_rule_was_broken() -> None:
    found_anyway = {name for name, excluded in exclusions().items() if "entries" not in excluded}
    assert {name for name, _ in PLANTED} | found_anyway == RULES.keys()


@pytest.mark.promtool
@pytest.mark.parametrize("values", [EVERYTHING, CHOSEN], ids=["everything", "chosen"])
def test_prometheus_takes_every_query(values: dict[str, str], tmp_path: Path) -> None:
    """It checks them as the expressions of rules."""
    asked = {substituted(each, values) for found in all_made() for each in expressions(found)}
    rules = [
        {"record": f"query:of:number_{i}", "expr": query} for i, query in enumerate(sorted(asked))
    ]
    file = tmp_path / "queries.yml"
    file.write_text(yaml.safe_dump({"groups": [{"name": "panels", "rules": rules}]}), "utf-8")
    run("promtool", "check", "rules", "--lint=none", str(file))


@pytest.mark.parametrize("text", OTHER_SETTINGS)
def test_recordings_that_are_read_are_written_for_the_same_settings(text: str) -> None:
    settings = load_settings(text, {}, "deskpulse.yaml")
    assert read_recordings(made(settings)) <= {each.record for each in recordings(settings.policy)}


def test_recordings_are_read_where_they_keep_the_labels() -> None:
    read = read_recordings(checked_in())
    assert "job_queue_window:helpdesk_rolling_calls_abandoned_per_calls:ratio" in read
    assert read <= {each.record for each in recordings(demo_settings().policy)}


def read_recordings(dashboards: dict[str, Any]) -> set[str]:
    """Return the names of the recordings that dashboards read."""
    return {
        selector.name
        for dashboard in dashboards.values()
        for expression in expressions(dashboard)
        for selector in selectors(expression)
        if ":" in selector.name
    }
