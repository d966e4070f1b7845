"""Every record of the catalogue as a panel: which dashboard it is on, and what it draws.

A new KPI needs nothing here: its theme says where it goes, its queries say what is drawn.
"""

import re
from collections.abc import Mapping
from typing import Final

from grafana_foundation_sdk.models.dashboard import DynamicConfigValue

from streams.artifacts.dashboards.board import Section
from streams.artifacts.dashboards.chapter import Chapter
from streams.artifacts.dashboards.desk import WINDOW, Desk, narrowing, selector
from streams.artifacts.dashboards.panels import (
    COUNT,
    PLAIN,
    SECONDS,
    SHARE,
    Panel,
    Query,
    stat_panel,
    trend_panel,
)
from streams.artifacts.kpis_page import unit
from streams.kpis.kpi import Kpi, Level
from streams.kpis.kpi import Query as Described
from streams.kpis.promql import WINDOW as PINNED
from streams.kpis.promql import queries

TITLE: Final = "Every number of this chapter"
SIZE: Final = (8, 7)
# Each theme of the catalogue; what is shown by agent is on the dashboard of agents all the same.
CHAPTERS: Final = {
    "Volume": Chapter.VOICE,
    "Backlog": Chapter.SPEED,
    "Responsiveness": Chapter.SPEED,
    "Resolution": Chapter.QUALITY,
    "Durations": Chapter.SPEED,
    "Quality": Chapter.QUALITY,
    "Contacts": Chapter.QUALITY,
    "Satisfaction": Chapter.QUALITY,
    "Calls": Chapter.VOICE,
    "Availability": Chapter.VOICE,
    "Revenue and cost": Chapter.CUSTOMERS,
    "Voice of others": Chapter.CUSTOMERS,
    "Agents": Chapter.AGENTS,
    "Service levels": Chapter.SLA,
    "Configuration": Chapter.OVERVIEW,
}
UNITS: Final = {"seconds": SECONDS, "ratio": SHARE, "count": COUNT}
SELECTOR: Final = re.compile(r"\b(helpdesk_\w+)(?:\{([^}]*)\})?")
OF_HISTOGRAM: Final = re.compile(r"_(bucket|gcount|gsum)$")


def every_number(desk: Desk, chapter: Chapter) -> Section:
    """Return a panel for each record that belongs to a dashboard."""
    names = {record.name: record for record in desk.records.values()}
    found = [
        panel(record, names)
        for theme in desk.themes
        for record in theme.records
        if home(theme.title, record) == chapter
    ]
    return Section(TITLE, found, folded=True)


def home(theme: str, record: Kpi | Level) -> Chapter:
    """Return the dashboard of a record."""
    return Chapter.AGENTS if "agent" in record.labels else CHAPTERS[theme]


def panel(record: Kpi | Level, names: Mapping[str, Kpi | Level]) -> Panel:
    """Return the panel of a record: all numbers that a person wants of it.

    What is configured does not move: it is shown as it is now.
    """
    usual = UNITS.get(unit(record), PLAIN)
    wanted = [query for query in queries(record) if families(query.promql, names) <= names.keys()]
    shown = [Query(narrowed(query.promql, names), legend(query)) for query in wanted]
    if isinstance(record, Level) and record.aggregate == "max":
        return stat_panel(record.title, record.help, shown, usual, size=SIZE)
    drawn = trend_panel(record.title, record.help, shown, usual, size=SIZE)
    for query in wanted:
        own = UNITS.get(query.unit, usual)
        if own != usual:
            name = f"/^{re.escape(query.title)}/"
            drawn = drawn.override_by_regexp(name, [DynamicConfigValue("unit", own)])
    return drawn


def legend(query: Described) -> str:
    """Return what a query's series are called: its title, and the labels that it keeps."""
    kept = re.findall(r"\bby \(([^)]*)\)", query.promql)
    names = [name for name in kept[0].split(", ") if name != "le"] if kept else []
    return " ".join((query.title, *(f"{{{{{name}}}}}" for name in names)))


def narrowed(promql: str, names: Mapping[str, Kpi | Level]) -> str:
    """Return a query of the catalogue with the variables of a dashboard in place of all.

    It is narrowed down by what all of its families have: a cost has no queue, so what it is
    divided by is not narrowed down to one either.
    """
    filters = narrowing([names[family] for family in families(promql, names)])

    def replaced(match: re.Match[str]) -> str:
        pinned = dict(re.findall(r'(\w+)="([^"]*)"', match[2] or ""))
        if pinned.get("window") == PINNED:
            pinned["window"] = WINDOW
        return selector(match[1], filters, **pinned)

    return SELECTOR.sub(replaced, promql)


def families(promql: str, names: Mapping[str, Kpi | Level]) -> set[str]:
    """Return the names of the families that a query reads, kept or not."""
    samples = (match[1] for match in SELECTOR.finditer(promql))
    return {each if each in names else OF_HISTOGRAM.sub("", each) for each in samples}
