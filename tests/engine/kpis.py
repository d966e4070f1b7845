"""KPIs for tests of the sums, without the words for readers that the catalogue's have."""

from collections.abc import Callable
from typing import Any

from msgspec.structs import replace

from streams.kpis.kpi import Column, Kpi
from streams.kpis.volume import KPIS

Function = Callable[[Column], Any]
ANY = KPIS[0]


def kpi(
    family: str,
    fact: int,
    labels: tuple[str, ...],
    value: Function | None = None,
    buckets: tuple[int, ...] | None = None,
    *,
    where: Function | None = None,
    delay: int = 0,
) -> Kpi:
    """Return a KPI of a fact."""
    return replace(
        ANY,
        family=family,
        fact=fact,
        labels=labels,
        value=value,
        buckets=buckets,
        where=where,
        delay=delay,
    )
