"""How a dashboard asks before anybody has chosen anything, and what it calls the answers."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from schemas.scalars import SECOND
from tests.dashboards.reading import expressions, variables
from tests.dashboards.variables import EVERYTHING, substituted
from tests.monitoring.history import END, SCRAPE, SPAN

# Grafana's word for every value of a variable.
ALL: Final = ("$__all", ["$__all"])


class Asked(NamedTuple):
    """The values of the variables, and the time range in milliseconds with the step of trends."""

    variables: Mapping[str, str]
    begin: int
    end: int
    step: int


def asked_of(dashboard: dict[str, Any], step: int) -> Asked:
    """Return how a dashboard asks about the history that there is."""
    assert dashboard["time"] == {"from": "now-24h", "to": "now"}
    return Asked(initial(dashboard), END - SPAN, END, step)


def queries_of(dashboard: dict[str, Any]) -> Iterator[str]:
    """Yield what a dashboard queries, folded panels included, with values for its variables."""
    values = initial(dashboard)
    return (substituted(expression, values) for expression in expressions(dashboard))


def initial(dashboard: dict[str, Any]) -> dict[str, str]:
    """Return the values of the variables that a dashboard begins with.

    Grafana takes a rate over four scrapes.
    """
    begin = {
        name: variable["current"]["value"]
        for name, variable in variables(dashboard).items()
        if "current" in variable
    }
    chosen = {name: value for name, value in begin.items() if value not in ALL}
    return {**EVERYTHING, "__rate_interval": f"{4 * SCRAPE // SECOND}s", **chosen}


def called(legend: str, labels: Mapping[str, str]) -> str:
    """Return the name of a series by its legend, such as `{{queue}}`."""
    return re.sub(r"\{\{(\w+)\}\}", lambda match: labels.get(match[1], ""), legend)
