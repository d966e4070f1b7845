"""Exposition pages -> one set of numbers: sums over workers first, divisions last.

Knows the metrics by the catalogue and nothing of how they are made: what stands here could be
written in PromQL. Values are kept in thousandths, so that sums are exact. (Contract 3.)
"""

import re
from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Final, NamedTuple, Self

from schemas.policy import Policy
from streams.kpis.catalogue import themes

Labels = tuple[tuple[str, str], ...]

LABEL: Final = re.compile(r'(\w+)="((?:[^"\\]|\\.)*)"')
ESCAPE: Final = re.compile(r"\\(.)")

# How the numbers of several workers become one, where they do not simply add up.
AGGREGATES: Final = {
    level.name: level.aggregate for theme in themes(Policy()) for level in theme.levels
}
PIPELINE: Final = ("helpdesk_pipeline_", "helpdesk_build_")


class Series(NamedTuple):
    """A metric's name (suffixes such as _bucket included) and its labels in order of name."""

    name: str
    labels: Labels

    def label(self, name: str) -> str:
        """Return the label's value, "" if there is none."""
        return dict(self.labels).get(name, "")


Numbers = Mapping[Series, int]
"""Values in thousandths by series."""


@lru_cache(maxsize=200_000)
def series(text: str) -> Series:
    """Return the series that is written as `name{label="value",…}`."""
    name, _, rest = text.partition("{")
    pairs = ((label, ESCAPE.sub(_unescaped, value)) for label, value in LABEL.findall(rest))
    return Series(name, tuple(sorted(pairs)))


def _unescaped(escape: re.Match[str]) -> str:
    return "\n" if escape[1] == "n" else escape[1]


def parse(page: str) -> dict[Series, int]:
    """Return the samples of a page in text or OpenMetrics format, without time stamps."""
    numbers = {}
    for line in page.splitlines():
        if line.startswith("helpdesk_"):
            text, _, value = line.rpartition(" ")
            numbers[series(text)] = round(float(value) * 1000)
    return numbers


def partitions(page: Numbers) -> dict[str, bool]:
    """Return the partition numbers that a worker was given, and whether it counts all of each."""
    found: dict[str, bool] = {}
    for key, value in page.items():
        if key.name == "helpdesk_pipeline_partition_recovered":
            number = key.label("partition")
            found[number] = found.get(number, True) and value != 0
    return found


def total(pages: Iterable[Numbers]) -> dict[Series, int]:
    """Return the numbers of several workers as one, each metric aggregated as it asks to be."""
    result: dict[Series, int] = {}
    for page in pages:
        for key, value in page.items():
            if key not in result:
                result[key] = value
            elif (aggregate := AGGREGATES.get(key.name, "sum")) == "sum":
                result[key] += value
            else:
                result[key] = (min if aggregate == "min" else max)(result[key], value)
    return result


def kpis(numbers: Numbers) -> dict[Series, int]:
    """Return what says something about the helpdesk: no pipeline metrics, no zeros.

    A sample that is 0 may be absent, but for helpdesk_channel_available. (Contract 7, ruling 34.)
    """
    return {
        key: value
        for key, value in numbers.items()
        if not key.name.startswith(PIPELINE)
        and (value != 0 or key.name == "helpdesk_channel_available")
    }


class Reading:
    """Some of the numbers at one instant, to be asked for sums and quantiles."""

    def __init__(self, samples: Iterable[tuple[str, Mapping[str, str], int]], at: int) -> None:
        self.at = at
        self._rows: defaultdict[str, list[tuple[Mapping[str, str], int]]] = defaultdict(list)
        for name, labels, value in samples:
            self._rows[name].append((labels, value))

    @classmethod
    def of(cls, numbers: Numbers, at: int, names: Container[str]) -> Self:
        """Return a reading of those numbers that have one of `names`."""
        return cls(
            (
                (key.name, dict(key.labels), value)
                for key, value in numbers.items()
                if key.name in names
            ),
            at,
        )

    def rows(self, name: str, **labels: str | None) -> Iterator[tuple[Mapping[str, str], int]]:
        """Yield labels and thousandths of the series that have `labels`; None matches all."""
        wanted = [(label, value) for label, value in labels.items() if value is not None]
        for row, value in self._rows.get(name, ()):
            if all(row.get(label) == wish for label, wish in wanted):
                yield row, value

    def sum(self, name: str, **labels: str | None) -> float:
        """Return the sum over the series that have `labels`."""
        return sum(value for _, value in self.rows(name, **labels)) / 1000

    def least(self, name: str, **labels: str | None) -> float | None:
        """Return the least value, or None if there is no series."""
        return min((value / 1000 for _, value in self.rows(name, **labels)), default=None)

    def mean(self, family: str, **labels: str | None) -> float | None:
        """Return the mean of a gauge histogram, or None if nothing was observed."""
        return ratio(self.sum(f"{family}_gsum", **labels), self.sum(f"{family}_gcount", **labels))

    def buckets(self, family: str, **labels: str | None) -> list[tuple[float, float]]:
        """Return the upper bounds and cumulative counts of a gauge histogram, ascending."""
        counts: defaultdict[float, int] = defaultdict(int)
        for row, value in self.rows(f"{family}_bucket", **labels):
            counts[float(row["le"])] += value
        return [(bound, count / 1000) for bound, count in sorted(counts.items())]

    def quantile(self, q: float, family: str, **labels: str | None) -> float | None:
        """Return an estimate of the q-quantile, or None if nothing was observed.

        As Prometheus' histogram_quantile: linear within a bucket, the last finite bound beyond.
        """
        buckets = self.buckets(family, **labels)
        if not buckets or buckets[-1][1] == 0:
            return None
        rank = q * buckets[-1][1]
        lower, below = 0.0, 0.0
        for bound, count in buckets:
            if count >= rank:
                if bound == float("inf"):
                    return lower
                return lower + (bound - lower) * (rank - below) / (count - below)
            lower, below = bound, count
        return lower


def ratio(part: float, whole: float) -> float | None:
    """Return part / whole, or None where there is no whole: no data is not 0."""
    return part / whole if whole else None
