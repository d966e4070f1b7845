"""Numbers as a panel shows them, by the unit that Grafana knows: seconds, shares, counts."""

from collections.abc import Callable, Mapping
from itertools import pairwise
from types import MappingProxyType
from typing import Final, NamedTuple

PARTS: Final = ((86400, "d"), (3600, "h"), (60, "min"), (1, "s"))


def decimal(value: float) -> str:
    """Return a number with few digits: 1234, 12.5, 0.013."""
    digits = 0 if abs(value) >= 1000 else 2 if abs(value) >= 1 else 3
    text = f"{value:.{digits}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


def short(value: float) -> str:
    """Return a number with thousands as K and millions as M."""
    for size, suffix in ((1_000_000, " M"), (1000, " K")):
        if abs(value) >= size:
            return decimal(value / size) + suffix
    return decimal(value)


def plain(value: float) -> str:
    """Return a number with its thousands set apart."""
    return f"{value:,.2f}".removesuffix(".00").replace(",", "\u202f")


def percent(value: float) -> str:
    """Return a share as percent: 96.2 %."""
    return f"{value * 100:.1f}".removesuffix(".0").replace("-0", "0") + " %"


def duration(seconds: float) -> str:
    """Return seconds in the two largest parts that matter: 3 h 12 min."""
    if seconds < 0:
        return "-" + duration(-seconds)
    if 0 < seconds < 1:
        return f"{seconds * 1000:.0f} ms"
    for (size, name), (smaller, rest_name) in pairwise(PARTS):
        count = round(seconds / smaller)
        if count * smaller >= size:
            whole, rest = divmod(count, size // smaller)
            return f"{whole} {name}" + (f" {rest} {rest_name}" if rest else "")
    return f"{seconds:.1f}".removesuffix(".0") + " s"


FORMS: Final[Mapping[str, Callable[[float], str]]] = MappingProxyType(
    {
        "short": short,
        "none": plain,
        "percentunit": percent,
        "s": duration,
        "cps": lambda value: f"{short(value)} /s",
    }
)


class Scale(NamedTuple):
    """What the numbers at an axis are divided by, and what is written behind each."""

    divisor: float
    suffix: str


def scale(unit: str, largest: float) -> Scale:
    """Return the scale of an axis on which the largest number is this one."""
    match unit:
        case "s":
            fitting = (Scale(size, f" {name}") for size, name in PARTS if largest >= 2 * size)
            return next(fitting, Scale(0.001, " ms") if 0 < largest < 0.5 else Scale(1, " s"))
        case "percentunit":
            return Scale(0.01, " %")
        case "cps":
            return Scale(1, " /s")
        case "short" if largest >= 10_000:
            return Scale(1000, " K")
        case _:
            return Scale(1, "")
