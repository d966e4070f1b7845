"""Every query of every panel gives numbers, on a real Prometheus with a helpdesk's history."""

import copy
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

import pytest

from schemas.scalars import HOUR, SECOND
from tests.dashboards.asked import asked_of, called, queries_of
from tests.dashboards.reading import made, targets
from tests.dashboards.variables import substituted
from tests.monitoring.backfill import watched
from tests.monitoring.history import watched_settings
from tests.monitoring.prometheus import Prometheus

pytestmark = [pytest.mark.promtool, pytest.mark.slow]

# What rightly gives nothing at this helpdesk.
NOTHING: Final = {
    ("Overview", "Definition in force"): "all definitions are our own",
    ("Quality", "Anomalies"): "no duration came out negative",
}
DASHBOARDS: Final = made(watched_settings())


class Answered(NamedTuple):
    """What Prometheus gives for a query: the names and the numbers of its series."""

    dashboard: str
    panel: str
    query: str
    names: tuple[str, ...]
    numbers: tuple[float, ...]

    def fault(self) -> str | None:
        """Return what is wrong with the answer."""
        if (self.dashboard, self.panel) in NOTHING:
            return "gives something after all" if self.numbers else None
        if not self.numbers:
            return "gives nothing"
        if any(number != number for number in self.numbers):  # noqa: PLR0124 (NaN)
            return "gives NaN"
        return "names two series alike" if len(set(self.names)) < len(self.names) else None


@pytest.fixture(scope="module")
def prometheus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prometheus]:
    """A Prometheus that has watched the KPIs every hour of a day."""
    queries = [query for each in DASHBOARDS.values() for query in queries_of(each)]
    directory = tmp_path_factory.mktemp("prometheus")
    with watched(directory, watched_settings(), queries, HOUR) as server:
        yield server


def answers(dashboard: dict[str, Any], server: Prometheus) -> Iterator[Answered]:
    """Yield what a dashboard's queries give at the end of its time range."""
    asked = asked_of(dashboard, HOUR)
    for panel, target in targets(dashboard):
        query = substituted(target["expr"], asked.variables)
        found = server.query(query, asked.end / SECOND)
        names = tuple(name(panel, target, dict(series)) for series in found)
        yield Answered(dashboard["title"], panel["title"], query, names, tuple(found.values()))


def name(panel: dict[str, Any], target: dict[str, Any], labels: dict[str, str]) -> str:
    """Return what tells a series from others: its name, or in a table all of its labels."""
    return str(labels) if panel["type"] == "table" else called(target["legendFormat"], labels)


def faults(dashboard: dict[str, Any], server: Prometheus) -> dict[Answered, str]:
    """Return the queries of a dashboard that give no numbers, with what is wrong."""
    found = answers(dashboard, server)
    return {each: fault for each in found if (fault := each.fault()) is not None}


@pytest.mark.parametrize("title", DASHBOARDS)
def test_every_query_gives_numbers(title: str, prometheus: Prometheus) -> None:
    assert faults(DASHBOARDS[title], prometheus) == {}


@pytest.mark.parametrize(
    ("query", "fault"),
    [
        ('helpdesk_tickets_unresolved{queue="of nobody"}', "gives nothing"),
        ("0 * helpdesk_pipeline_ready / 0", "gives NaN"),
        ("helpdesk_pipeline_ready", "names two series alike"),
    ],
)
def test_a_query_without_numbers_would_be_found(
    query: str, fault: str, prometheus: Prometheus
) -> None:
    dashboard = copy.deepcopy(DASHBOARDS["Pipeline"])
    panel, target = next(targets(dashboard))
    target["expr"], target["legendFormat"] = query, "ready"
    found = faults(dashboard, prometheus)
    assert [(each.panel, why) for each, why in found.items()] == [(panel["title"], fault)]


def test_what_may_give_nothing_is_on_a_dashboard() -> None:
    for title, panel in NOTHING:
        assert panel in [each["title"] for each, _ in targets(DASHBOARDS[title])]
