"""What the engine shows: families of samples, named as OpenMetrics names them."""

from typing import Literal, NamedTuple

Kind = Literal["gauge", "gaugehistogram"]


class Sample(NamedTuple):
    """One sample; the name carries its suffix (_bucket, _gcount, _gsum)."""

    name: str
    labels: dict[str, str]
    value: int | float


class Family(NamedTuple):
    """A metric family and its samples."""

    name: str
    kind: Kind
    help: str
    samples: list[Sample]


def bound_text(bound: int, unit: int) -> str:
    """Return the label `le` of a bucket: "300.0"."""
    return repr(bound / unit)


def quotient(total: int, unit: int) -> int | float:
    """Return total / unit, an integer where it is one."""
    return total // unit if total % unit == 0 else total / unit
