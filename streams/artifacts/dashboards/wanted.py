"""What the settings want of a number: its target, its benchmarks, and how it was before."""

from collections.abc import Callable
from typing import Final, Literal

from streams.artifacts.dashboards.desk import Desk, selector
from streams.artifacts.dashboards.panels import Limits, Query, at_least, at_most
from streams.artifacts.rule import aggregate
from streams.kpis.configured import BENCHMARK, TARGET
from streams.kpis.kpi import PREVIOUS, ROLLING

# Keys of `targets` and `benchmarks` that are drawn as lines beside the number.
Line = Literal["unresolved_tickets", "first_response_p90", "csat_mean", "fcr_rate"]
# Keys of `targets` by which a number is coloured.
Target = Line | Literal["reply_p90", "call_wait_p90", "acr_rate", "reopen_rate", "conversion_rate"]
# Series that are wanted and not measured are dashed.
DASHED: Final = "/^(target|benchmark|objective)/"


def not_above(desk: Desk, kpi: Target) -> Limits:
    """Return the limits of a number that is better when it is lower, by its target for all."""
    return at_most(target(desk, kpi))


def not_below(desk: Desk, kpi: Target) -> Limits:
    """Return the limits of a number that is better when it is higher, by its target for all."""
    return at_least(target(desk, kpi))


def target(desk: Desk, kpi: Target) -> float | None:
    """Return the target of a KPI for all queues; None if it has none."""
    value = desk.policy.targets.get(kpi)
    return None if isinstance(value, dict) else value


def lines(desk: Desk, kpi: Line) -> list[Query]:
    """Return the configured target and benchmarks of a KPI, to be drawn beside it."""
    found = lines_by_queue(desk, kpi)
    if target(desk, kpi) is not None:
        found.append(Query(aggregate("max", selector(TARGET.name, kpi=kpi)), "target"))
    if kpi in desk.policy.benchmarks:
        known = selector(BENCHMARK.name, kpi=kpi)
        found.append(Query(aggregate("max", known, "source"), "benchmark {{source}}"))
    return found


def lines_by_queue(desk: Desk, kpi: Line) -> list[Query]:
    """Return the targets of a KPI that are configured by queue.

    What is wanted of all queues together cannot be compared with one of them.
    """
    if not isinstance(desk.policy.targets.get(kpi), dict):
        return []
    wanted = selector(TARGET.name, ("queue",), kpi=kpi)
    return [Query(aggregate("max", wanted, "queue"), "target {{queue}}")]


def compared(
    desk: Desk, number: Callable[[str], str], legend: str = "now", before: str = "before"
) -> list[Query]:
    """Return a number now and, where the settings ask for it, in the window before.

    `number` gives the query for what the names of families begin with.
    """
    queries = [Query(number(ROLLING), legend)]
    if desk.policy.previous_windows:
        queries.append(Query(number(PREVIOUS), before))
    return queries
