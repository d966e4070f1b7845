"""The record of a KPI.

`value` and `where` are written for one fact and run on whole columns: they use only arithmetic,
comparison, & and |, so `fact.elapsed` may be an integer or an array of them.
"""

from collections.abc import Callable
from typing import Any, Final, Literal

from msgspec import Struct

from schemas.scalars import EXPONENTS, SECOND

Column = Any

SECONDS: Final = tuple(
    bound * SECOND
    for bound in (60, 300, 900, 1800, 3600, 7200, 14400, 28800, 86400, 172800, 259200, 604800)
)
COUNTS: Final = (0, 1, 2, 3, 5, 8, 13)

D: Final = ("queue", "channel", "priority")
QUEUE_PRIORITY: Final = ("queue", "priority")

# Each integer of the scale: how many buckets there are depends on the label `scale`.
SCALE: Final = "scale"
# The minor units of the label `currency`.
CURRENCY: Final = "currency"


class Kpi(Struct, frozen=True, kw_only=True):
    """A rolling KPI: which fact it counts, what of it, under which labels.

    `buckets` are upper bounds in the fact's unit; `unit` is how many of the fact's units are one
    of the metric's. `delay` dates the KPI so many milliseconds after the fact. `windows` says
    which list of windows it is kept for; `ever` is a level: the sum of all facts until t.
    """

    family: str
    fact: int
    labels: tuple[str, ...]
    help: str
    definition: str = ""
    value: Callable[[Column], Any] | None = None
    where: Callable[[Column], Any] | None = None
    buckets: tuple[int, ...] | Literal["scale"] | None = None
    unit: int | Literal["currency"] = 1
    delay: int = 0
    extra: tuple[tuple[str, str], ...] = ()
    windows: Literal["kpi", "sla", "ever"] = "kpi"


def bounds(kpi: Kpi, scale: str) -> tuple[int, ...]:
    """Return the bucket bounds of a histogram, where they are those of a scale such as "1-5"."""
    if kpi.buckets != SCALE:
        return kpi.buckets if isinstance(kpi.buckets, tuple) else ()
    low, high = scale_of(scale)
    return tuple(score * 1000 for score in range(low, high + 1))


def unit_of(kpi: Kpi, currency: str) -> int:
    """Return how many of the fact's units are one of the metric's."""
    return 10 ** EXPONENTS.get(currency, 2) if kpi.unit == CURRENCY else int(kpi.unit)


def scale_of(text: str) -> tuple[int, int]:
    """Return (min, max) of "min-max"; min may be negative. (0, -1), no bucket, for `other`."""
    if text == "other":
        return 0, -1
    at = text.index("-", 1)
    return int(text[:at]), int(text[at + 1 :])
