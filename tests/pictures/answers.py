"""What Prometheus answers to the queries of a panel, under the names that the panel gives."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from schemas.scalars import SECOND
from tests.dashboards.asked import Asked, called
from tests.dashboards.variables import substituted
from tests.monitoring.prometheus import Prometheus
from tests.pictures.fields import Field, field


class Value(NamedTuple):
    """The last value of a series. `query` is the letter of the query that it answers."""

    name: str
    field: Field
    labels: Mapping[str, str]
    query: str
    value: float


class Trend(NamedTuple):
    """The values of a series at instants in milliseconds; None where there is none."""

    name: str
    field: Field
    points: tuple[tuple[int, float | None], ...]

    def last(self) -> str:
        """Return the last value as people read it."""
        value = self.points[-1][1]
        return "" if value is None else self.field.text(value)


def values(prometheus: Prometheus, panel: Mapping[str, Any], asked: Asked) -> Iterator[Value]:
    """Yield what the queries of a panel give at the end of the time.

    Their order is that of the labels, but for queries that put them into an order.
    """
    for target in panel["targets"]:
        query = substituted(target["expr"], asked.variables)
        found = prometheus.query(query, asked.end / SECOND).items()
        for series, value in found if query.startswith("topk") else sorted(found):
            labels = dict(series)
            name = called(target["legendFormat"], labels)
            yield Value(name, field(panel, name), labels, target["refId"], value)


def trends(prometheus: Prometheus, panel: Mapping[str, Any], asked: Asked) -> Iterator[Trend]:
    """Yield how what the queries of a panel give went over the time."""
    instants = range(asked.begin, asked.end + 1, asked.step)
    for target in panel["targets"]:
        query = substituted(target["expr"], asked.variables)
        found = prometheus.query_range(
            query,
            start=asked.begin / SECOND,
            end=asked.end / SECOND,
            step=asked.step / SECOND,
        )
        for series, pairs in sorted(found.items()):
            name = called(target["legendFormat"], dict(series))
            known = {round(at * SECOND): value for at, value in pairs}
            points = tuple((at, known.get(at)) for at in instants)
            yield Trend(name, field(panel, name), points)
