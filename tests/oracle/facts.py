"""What the families are made of: dated counts, sums and observations, with their labels."""

from collections.abc import Mapping
from dataclasses import dataclass

from schemas.policy import Policy
from schemas.scalars import EXPONENTS

NONE = "none"
OTHER = "other"

Labels = Mapping[str, str]

# Seconds buckets in milliseconds; +Inf is added when rendering. (Contract 3.)
SECONDS = tuple(
    1000 * bound
    for bound in (60, 300, 900, 1800, 3600, 7200, 14400, 28800, 86400, 172800, 259200, 604800)
)
COUNTS = (0, 1, 2, 3, 5, 8, 13)
RATIOS = tuple(range(100, 1001, 100))


@dataclass(frozen=True)
class Fact:
    """A contribution to `helpdesk_rolling_<family>` at an instant.

    `value` is an integer in units of 1 / `unit` (milliseconds of a second, minor units of a
    currency); a family with `bounds`, in the same unit, is a histogram.
    """

    family: str
    time: int
    labels: Labels
    value: int = 1
    unit: int = 1
    bounds: tuple[int, ...] | None = None


def seconds(family: str, time: int, labels: Labels, milliseconds: int) -> Fact:
    """Return an observation of a duration."""
    return Fact(family, time, labels, milliseconds, 1000, SECONDS)


def money(family: str, time: int, currency: str, minor: int) -> Fact:
    """Return an amount, in minor units of its currency."""
    return Fact(family, time, {"currency": currency}, minor, currency_unit(currency))


def currency_unit(currency: str) -> int:
    """Return how many minor units make one; ISO 4217 exponents. (Ruling 6.)"""
    exponent = EXPONENTS.get(currency, 2)
    return int(10**exponent)


def label(policy: Policy, dimension: str, value: str | None) -> str:
    """Return a value as a label shows it.

    Contract 2: no value is `none`; a value outside the configured list is `other`; where no
    list is configured every value is taken.
    """
    if value is None:
        return NONE
    listed = policy.agents.allow if dimension == "agent" else listed_values(policy, dimension)
    if listed:
        return value if value in listed else OTHER
    return open_label(value)


def open_label(value: str) -> str:
    """Return a value without a list as a label shows it: of at most 200 bytes."""
    return value if len(value.encode()) <= 200 else OTHER


def listed_values(policy: Policy, dimension: str) -> tuple[str, ...]:
    """Return the configured values of queue, channel, priority or topic."""
    values: tuple[str, ...] = getattr(policy.dimensions, dimension)
    return values
