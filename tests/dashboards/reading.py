"""Dashboards as Grafana reads them: JSON, with every panel and query at hand."""

import json
import re
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

import yaml

from schemas.settings import Settings
from streams.artifacts.dashboards.files import dashboard_files
from tests.rules.tools import DEPLOY

FOLDER: Final = DEPLOY / "grafana" / "dashboards" / "Deskpulse"
# Settings that differ from the demo's in what there is to show.
OTHER_SETTINGS: Final = (
    "",
    "windows: []",
    "windows: []\ncalendar_windows: {zone: Europe/Warsaw}",
    "windows: [90d]\nsla: [{id: standard, targets: {resolution: 1d}}]",
    "windows: [7d]\nprevious_windows: [30d]",
    "agents: {enabled: true}\nprevious_windows: [1d, 30d]",
    "agents: {enabled: true}\nkpis: {disable: ['agent_*_time_seconds', agent_csat_score]}",
    "definitions: {csat: zendesk, fcr: zoho, one_touch: zendesk, conversion: gorgias}",
    "kpis: {disable: ['*_time_seconds', 'fcr_*', calls, csat_score]}",
    "kpis: {disable: ['*']}",
    "kpis: {disable: ['sla_*']}\nsla: [{id: standard, objective: 0.9}]",
    "targets: {unresolved_tickets: {tech: 20}, first_response_p90: {tech: 900}}",
    "targets: {csat_mean: 4.5, fcr_rate: 0.7}\nbenchmarks: {csat_mean: {industry: 4.1}}",
    "sla: [{id: 'a \"b\" \\ c.d', objective: 0.99, targets: {resolution: 1d}}]",
    "alerts: {job: 'a \"job\"', runbooks: 'https://example.org/runbooks/'}",
)
SELECTED: Final = re.compile(
    r"(?P<function>\b\w+\()?(?P<name>\b(?:helpdesk_\w+|job\w*:\w+:\w+|up)\b)"
    r"(?:\{(?P<matchers>[^}]*)\})?(?P<range>\[[^\]]*\])?"
)


class Selector(NamedTuple):
    """A selector in a query; `function` is what it stands right in, such as `rate`."""

    function: str
    name: str
    matchers: dict[str, str]
    range: str


def read(files: dict[str, str]) -> dict[str, Any]:
    """Return each dashboard by its title."""
    found = [json.loads(text) for text in files.values()]
    return {dashboard["title"]: dashboard for dashboard in found}


def made(settings: Settings) -> dict[str, Any]:
    """Return the dashboards of these settings by their titles."""
    return read(dashboard_files(settings))


def checked_in() -> dict[str, Any]:
    """Return the dashboards that Grafana of the compose file reads."""
    return read({file.name: file.read_text("utf-8") for file in sorted(FOLDER.glob("*.json"))})


def exclusions() -> dict[str, Any]:
    """Return what grafana/dashboard-linter is told to leave out, by rule."""
    found: dict[str, Any] = yaml.safe_load((FOLDER / ".lint").read_text("utf-8"))["exclusions"]
    return found


def panels(dashboard: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the panels that show something, those in folded rows too."""
    for panel in dashboard.get("panels", ()):
        if panel["type"] == "row":
            yield from panels(panel)
        else:
            yield panel


def numbers(dashboard: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the panels that show numbers."""
    return (panel for panel in panels(dashboard) if panel["type"] != "text")


def targets(dashboard: dict[str, Any]) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Yield every query with its panel."""
    for panel in numbers(dashboard):
        for target in panel.get("targets", ()):
            yield panel, target


def expressions(dashboard: dict[str, Any]) -> list[str]:
    """Return what is queried."""
    return [target["expr"] for _, target in targets(dashboard)]


def links(dashboard: dict[str, Any]) -> Iterator[str]:
    """Yield where the values of panels lead to."""
    for panel in numbers(dashboard):
        for link in panel["fieldConfig"]["defaults"].get("links", ()):
            yield link["url"]


def variables(dashboard: dict[str, Any]) -> dict[str, Any]:
    """Return the variables by name."""
    return {each["name"]: each for each in dashboard["templating"]["list"]}


def selectors(expression: str) -> list[Selector]:
    """Return the selectors in a query; matchers by label, with their operator."""
    return [
        Selector(
            (match["function"] or "").rstrip("("),
            match["name"],
            dict(re.findall(r'(\w+)(=~?"[^"]*")', match["matchers"] or "")),
            match["range"] or "",
        )
        for match in SELECTED.finditer(expression)
    ]
