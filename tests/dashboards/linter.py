"""The rules of grafana/dashboard-linter, by their names there; each yields what is wrong."""

import re
from collections.abc import Callable, Iterator
from typing import Any, Final

from tests.dashboards.reading import numbers, selectors, targets, variables
from tests.dashboards.variables import substituted

Rule = Callable[[dict[str, Any]], Iterator[str]]

SOURCES: Final = {"$datasource", "${datasource}"}
# Those of Grafana's units that make sense here.
UNITS: Final = {"none", "short", "percentunit", "s", "cps"}
LOOKED_UP: Final = re.compile(r"label_values\((?:\w*\{[^}]*\}|\w+), \w+\)")


def template_datasource(dashboard: dict[str, Any]) -> Iterator[str]:
    """Yield whether the source of data cannot be chosen."""
    source = variables(dashboard).get("datasource", {})
    wanted = {"type": "datasource", "query": "prometheus", "label": "Data source"}
    if not wanted.items() <= source.items():
        yield "no variable datasource of type prometheus"


def template_job(dashboard: dict[str, Any]) -> Iterator[str]:
    """Yield what is wrong with the variable of jobs."""
    yield from of_target(dashboard, "job")


def template_instance(dashboard: dict[str, Any]) -> Iterator[str]:
    """Yield what is wrong with the variable of instances."""
    yield from of_target(dashboard, "instance")


def of_target(dashboard: dict[str, Any], name: str) -> Iterator[str]:
    """Yield what is wrong with a variable of targets that Prometheus scrapes."""
    variable = variables(dashboard).get(name, {})
    if variable.get("type") != "query" or variable["datasource"]["uid"] not in SOURCES:
        yield f"{name} is not looked up in the chosen source"
    if variable.get("label") != name.title():
        yield f"{name} is not called {name.title()}"
    if not variable.get("multi") or variable.get("allValue") != ".+":
        yield f"{name} does not take several values and all"


def template_label_promql(dashboard: dict[str, Any]) -> Iterator[str]:
    """Yield variables that are looked up in another way than by label_values."""
    for name, variable in variables(dashboard).items():
        if variable["type"] == "query" and not LOOKED_UP.fullmatch(variable["query"]):
            yield f"{name}: {variable['query']}"


def template_on_time_change_reload(dashboard: dict[str, Any]) -> Iterator[str]:
    """Yield variables that are not looked up anew when the time range changes."""
    for name, variable in variables(dashboard).items():
        if variable["type"] == "query" and variable.get("refresh") != 2:
            yield name


def panel_datasource(dashboard: dict[str, Any]) -> Iterator[str]:
    """Yield panels and queries that read another source than the chosen one."""
    for panel in numbers(dashboard):
        for each in (panel, *panel.get("targets", ())):
            if each.get("datasource", {}).get("uid") not in SOURCES:
                yield panel["title"]


def panel_title_description(dashboard: dict[str, Any]) -> Iterator[str]:
    """Yield panels without a title or a description."""
    for panel in numbers(dashboard):
        if not panel.get("title") or not panel.get("description"):
            yield f"panel {panel['id']} {panel.get('title')}"


def panel_units(dashboard: dict[str, Any]) -> Iterator[str]:
    """Yield panels without a unit."""
    for panel in numbers(dashboard):
        if panel["fieldConfig"]["defaults"].get("unit") not in UNITS:
            yield panel["title"]


def panel_no_targets(dashboard: dict[str, Any]) -> Iterator[str]:
    """Yield panels that query nothing."""
    return (panel["title"] for panel in numbers(dashboard) if not panel.get("targets"))


def target_rate_interval(dashboard: dict[str, Any]) -> Iterator[str]:
    """Yield rates over another interval than Grafana's."""
    for panel, target in targets(dashboard):
        for each in selectors(target["expr"]):
            if each.function in {"rate", "irate"} and each.range != "[$__rate_interval]":
                yield f"{panel['title']}: {target['expr']}"


def target_job(dashboard: dict[str, Any]) -> Iterator[str]:
    """Yield queries that read more than the chosen job."""
    yield from without_matcher(dashboard, "job")


def target_instance(dashboard: dict[str, Any]) -> Iterator[str]:
    """Yield queries that read more than the chosen instance."""
    yield from without_matcher(dashboard, "instance")


def without_matcher(dashboard: dict[str, Any], label: str) -> Iterator[str]:
    """Yield queries with a selector that is not narrowed down to the chosen label's value."""
    for panel, target in targets(dashboard):
        found = selectors(target["expr"])
        if not found or any(each.matchers.get(label) != f'=~"${label}"' for each in found):
            yield f"{panel['title']}: {target['expr']}"


def target_counter_agg(dashboard: dict[str, Any]) -> Iterator[str]:
    """Yield counters that are read otherwise than by their growth."""
    for panel, target in targets(dashboard):
        for each in selectors(target["expr"]):
            counts = each.name.endswith("_total")
            if counts and not (each.range and each.function in {"rate", "irate", "increase"}):
                yield f"{panel['title']}: {target['expr']}"


def target_promql(dashboard: dict[str, Any]) -> Iterator[str]:
    """Yield queries that use a variable which does not exist; promtool judges the rest."""
    for panel, target in targets(dashboard):
        known = {"__rate_interval": "1m", **dict.fromkeys(variables(dashboard), "x")}
        try:
            substituted(target["expr"], known)
        except KeyError as unknown:
            yield f"{panel['title']}: {unknown}"


def uneditable(dashboard: dict[str, Any]) -> Iterator[str]:
    """Yield whether changes could be made in the browser, to be lost."""
    if dashboard.get("editable", True):
        yield "it can be edited"


RULES: Final[dict[str, Rule]] = {
    "template-datasource-rule": template_datasource,
    "template-job-rule": template_job,
    "template-instance-rule": template_instance,
    "template-label-promql-rule": template_label_promql,
    "template-on-time-change-reload-rule": template_on_time_change_reload,
    "panel-datasource-rule": panel_datasource,
    "panel-title-description-rule": panel_title_description,
    "panel-units-rule": panel_units,
    "panel-no-targets-rule": panel_no_targets,
    "target-promql-rule": target_promql,
    "target-rate-interval-rule": target_rate_interval,
    "target-job-rule": target_job,
    "target-instance-rule": target_instance,
    "target-counter-agg-rule": target_counter_agg,
    "uneditable-dashboard": uneditable,
}
