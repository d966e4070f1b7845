"""The variables of a dashboard: those that its queries use, and no other."""

import re
from collections.abc import Iterable, Iterator
from typing import Final, Literal

from grafana_foundation_sdk.builders import dashboard
from grafana_foundation_sdk.cog.builder import Builder
from grafana_foundation_sdk.models import dashboard as models

from schemas.policy import Policy
from streams.artifacts.dashboards.desk import NARROWING
from streams.artifacts.dashboards.panels import SOURCE
from streams.artifacts.rule import nearest
from streams.clocks.local_days import CALENDAR_WINDOWS
from streams.clocks.windows import SLA_WINDOWS, WINDOWS
from streams.exposition.pipeline import READY

# Which list of windows: of the KPIs, of the SLAs, or those that both have.
Kind = Literal["kpi", "sla", "both"]

VARIABLE: Final = re.compile(r"\$(\w+)")
ALL: Final = models.VariableOption(selected=True, text=["All"], value=["$__all"])
LABELS: Final = {
    "queue": "Queue",
    "channel": "Channel",
    "priority": "Priority",
    "agent": "Agent",
    "currency": "Currency",
}
assert LABELS.keys() == set(NARROWING)


def variables(
    expressions: Iterable[str], policy: Policy, job: str, kind: Kind, wanted: str
) -> Iterator[Builder[models.VariableModel]]:
    """Yield the variables of these expressions, first where the data come from.

    `job` is chosen at first, and the window that is nearest to the one wanted.
    """
    used = set(VARIABLE.findall(" ".join(expressions)))
    yield dashboard.DatasourceVariable("datasource").label("Data source").type("prometheus")
    yield (
        queried("job", f"label_values({READY.name}, job)")
        .label("Job")
        .description("Which deployment. Numbers of different ones are never added up.")
        .current(option(job))
    )
    for name, label in LABELS.items():
        if name in used:
            yield (
                queried(name, f'label_values({{job=~"$job"}}, {name})')
                .label(label)
                .description(f"Shows only what has this {name}, in all panels that know of it.")
                .multi(True)
                .include_all(True)
                .all_value(".*")
                .current(ALL)
            )
    if "window" in used:
        yield window(windows(policy, kind), wanted)


def queried(name: str, query: str) -> dashboard.QueryVariable:
    """Return a variable whose values are those of a label, looked up anew with the time range."""
    return (
        dashboard.QueryVariable(name)
        .query(query)
        .datasource(SOURCE)
        .refresh(models.VariableRefresh.ON_TIME_RANGE_CHANGED)
        .sort(models.VariableSort.ALPHABETICAL_ASC)
    )


def window(names: tuple[str, ...], wanted: str) -> dashboard.CustomVariable:
    """Return the variable of windows."""
    chosen = initial(names, wanted)
    return (
        dashboard.CustomVariable("window")
        .label("Window")
        .description("How far back a number looks, whatever the time range.")
        .values(",".join(names))
        .options([option(name, selected=name == chosen) for name in names])
        .current(option(chosen))
        .allow_custom_value(False)
    )


def initial(names: tuple[str, ...], wanted: str) -> str:
    """Return the window to begin with."""
    rolling = tuple(name for name in names if name in WINDOWS)
    return nearest(rolling, wanted) if rolling else names[0]


def windows(policy: Policy, kind: Kind) -> tuple[str, ...]:
    """Return the windows to choose from."""
    calendar = CALENDAR_WINDOWS if policy.calendar_windows is not None else ()
    own = (*policy.windows, *calendar)
    if kind == "sla" or not own:
        return SLA_WINDOWS
    common = tuple(name for name in policy.windows if name in SLA_WINDOWS)
    return common if kind == "both" and policy.sla and common else own


def option(name: str, *, selected: bool = True) -> models.VariableOption:
    """Return a value that can be chosen."""
    return models.VariableOption(selected=selected, text=name, value=name)
