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

# What the names of families begin with: in a window, in the window before it, without one.
ROLLING: Final = "helpdesk_rolling_"
PREVIOUS: Final = "helpdesk_previous_"
LEVEL: Final = "helpdesk_"


class Query(Struct, frozen=True):
    """A number that a person wants, and the PromQL that gives it.

    `unit` is what the number is in where that is not the unit of the family.
    """

    title: str
    promql: str
    unit: Literal["", "ratio", "seconds"] = ""


class Example(Struct, frozen=True):
    """What happened and what is shown then, a line each; `settings` is the YAML that it needs.

    `10:00  t1  created  queue=tech` is something that happens to a subject at an instant;
    `-> 11:00  tickets_opened{queue="tech"} 1` is what is shown at an instant, over a day, by a
    name without its prefix; labels that are not named are summed over.
    """

    text: str
    settings: str = ""


class Described(Struct, frozen=True, kw_only=True):
    """What a reader has to know of a family of metrics.

    `help` is one sentence, `definition` says what it does not, `formula` says it in symbols,
    `source` is whose public definition this is. `queries` come after those that every family of
    its form has.
    """

    family: str
    labels: tuple[str, ...]
    title: str = ""
    help: str
    formula: str = ""
    definition: str = ""
    source: str = ""
    queries: tuple[Query, ...] = ()
    example: Example = Example("")


class Kpi(Described, frozen=True, kw_only=True):
    """A rolling KPI: which fact it counts, what of it, under which labels.

    `buckets` are upper bounds in the fact's unit; `unit` is how many of the fact's units are one
    of the metric's. `delay` dates the KPI so many milliseconds after the fact. `windows` says
    which list of windows it is kept for; `ever` is a level: the sum of all facts until t.
    """

    fact: int
    value: Callable[[Column], Any] | None = None
    where: Callable[[Column], Any] | None = None
    buckets: tuple[int, ...] | Literal["scale"] | None = None
    unit: int | Literal["currency"] = 1
    delay: int = 0
    extra: tuple[tuple[str, str], ...] = ()
    windows: Literal["kpi", "sla", "ever"] = "kpi"

    @property
    def name(self) -> str:
        """The name of the metric."""
        return (LEVEL if self.windows == "ever" else ROLLING) + self.family


class Level(Described, frozen=True, kw_only=True):
    """How something stands at t, or what is configured, which is no sum of facts.

    Shards show their own part, so `aggregate` says how to put them together. `rolling`: over
    windows all the same, such as the time that a channel was available in them.
    """

    kind: Literal["gauge", "gaugehistogram"] = "gauge"
    unit: str = "count"
    aggregate: Literal["sum", "min", "max"] = "sum"
    rolling: bool = False

    @property
    def name(self) -> str:
        """The name of the metric."""
        return (ROLLING if self.rolling else LEVEL) + self.family


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
