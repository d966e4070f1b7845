"""Rules of Prometheus as records, and the PromQL that they are made of.

Sums over workers come first, divisions last. Where there is no data there is no sample: a share
of nothing is never 0. Every sum keeps the label `job`, which tells deployments apart.
"""

import json
import re
from collections.abc import Iterable
from typing import Final, Literal

from msgspec import Struct

from schemas.policy import WINDOW_NAMES
from streams.clocks.windows import WINDOWS

Severity = Literal["critical", "warning", "info"]

JOB: Final = "job"


class Recording(Struct, frozen=True):
    """A recording rule; its name is level:metric:operation."""

    record: str
    expr: str


class Alert(Struct, frozen=True, kw_only=True):
    """An alert. `wait`: how long its condition has to hold; `keep`: how long it outlives it.

    `severity` critical calls somebody now, warning is for working hours, info is to be known.
    `component` service is about customers, pipeline about Deskpulse itself.
    `summary` and `description` are Go templates with values in units that people use.
    """

    name: str
    expr: str
    severity: Severity
    component: Literal["service", "pipeline"]
    summary: str
    description: str
    wait: str
    keep: str | None = None
    labels: dict[str, str] = {}


def recorded(labels: tuple[str, ...], metric: str, operation: str) -> str:
    """Return the name of a recording rule whose result has these labels, and the job."""
    return f"{'_'.join((JOB, *labels))}:{metric}:{operation}"


def total(selector: str, *by: str) -> str:
    """Return the sum over workers."""
    return aggregate("sum", selector, *by)


def aggregate(function: str, selector: str, *by: str) -> str:
    """Return the sum, minimum or maximum over workers."""
    return f"{function} by ({', '.join((JOB, *by))}) ({selector})"


def part_of(part: str, whole: str) -> str:
    """Return part / whole; without a part 0, without a whole nothing."""
    return f"({part} or 0 * {whole}) / ({whole} > 0)"


def mean_of(sums: str, counts: str) -> str:
    """Return sums / counts, nothing without a count."""
    return f"{sums} / ({counts} > 0)"


def quantile_of(share_below: float, buckets: str, counts: str) -> str:
    """Return a quantile, as exact as the buckets are narrow; nothing without a count."""
    return f"histogram_quantile({share_below}, {buckets}) and ({counts} > 0)"


def nearest(windows: tuple[str, ...], wanted: str) -> str:
    """Return the window that is most like the one wanted; the shorter one of two."""
    assert wanted in WINDOW_NAMES
    return min(windows, key=lambda window: abs(WINDOWS[window] - WINDOWS[wanted]))


def quoted(value: str) -> str:
    """Return a value as PromQL writes it."""
    return json.dumps(value, ensure_ascii=False)


def one_of(values: Iterable[str]) -> str:
    """Return the quoted regular expression that these values match, and no other."""
    return quoted("|".join(map(re.escape, values)))
