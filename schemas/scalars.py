"""Scalars of the contract, all exact: instants, thousandths, amounts of money, days.

The readers take what a JSON reader made of a value (numbers with a point as `Decimal`, never
float) and raise `TypeError` or `ValueError` for what the contract
refuses. (Contract 1 and 7, rulings 4 and 6.)
"""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal
from typing import Final

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECOND: Final = timedelta(milliseconds=1)

SECOND: Final = 1_000
MINUTE: Final = 60 * SECOND
HOUR: Final = 60 * MINUTE
DAY: Final = 24 * HOUR

# Seconds, scores and amounts lie below this: 31,000 years, or a trillion of any currency. Sums
# are 64-bit integers of thousandths or minor units, so thousands of such values still fit.
NUMBER_LIMIT: Final = 10**12

# Digits after the point of an amount. Money needs a few; 1e-1000000 would be a megabyte of zeros.
DECIMALS_MAX: Final = 100

# Characters of a name: an id, a source, a customer, a queue … Addresses of the web fit.
NAME_LENGTH_MAX: Final = 2_048
TAGS_MAX: Final = 1_000

# A longer label value fails a whole scrape where Prometheus has a limit; ours has this one.
LABEL_BYTES_MAX: Final = 200

# Minor units of currencies that do not have two decimals. (ISO 4217.)
EXPONENTS: Final = {
    currency: exponent
    for exponent, currencies in (
        (0, "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"),
        (3, "BHD IQD JOD KWD LYD OMR TND"),
        (4, "CLF UYW"),
    )
    for currency in currencies.split()
}


class OutOfScale(ValueError):
    """A score that lies outside its scale."""


class Milliseconds(int):
    """An instant in milliseconds since the epoch, the floor of what was written."""

    __slots__ = ()


class Thousandths(int):
    """A score in thousandths, floored."""

    __slots__ = ()


class Seconds(Thousandths):
    """Seconds in thousandths, floored; never negative."""

    __slots__ = ()


class Amount(Decimal):
    """An amount of money as written, never negative; `minor_units` makes it an integer."""

    __slots__ = ()


class Day(date):
    """A calendar day, written YYYY-MM-DD."""

    __slots__ = ()


# The usual form, 2026-06-01T10:00:00[.mmm]Z, is read by four look-ups.
DAYS: Final[dict[str, int]] = {}
MINUTES: Final = {f"{m // 60:02}:{m % 60:02}:": m * MINUTE for m in range(24 * 60)}
SECONDS: Final = {f"{s:02}": s * SECOND for s in range(60)}
TAILS: Final = {"Z": 0, "+00:00": 0} | {f".{ms:03}Z": ms for ms in range(1000)}
DAYS_KEPT: Final = 10_000

TIME: Final = re.compile(
    r"(\d{4}-\d\d-\d\d[Tt])([01]\d|2[0-3]):([0-5]\d):([0-5]\d)"
    r"(?:\.(\d+))?(?:[Zz]|([+-])([01]\d|2[0-3]):([0-5]\d))",
    re.ASCII,
)
DATE: Final = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
DECIMAL: Final = re.compile(r"\d+(\.\d+)?", re.ASCII)
THOUSANDTH: Final = Decimal("0.001")
FIRST_INSTANT: Final = (datetime(1, 1, 1, tzinfo=UTC) - EPOCH) // MILLISECOND
LAST_INSTANT: Final = (datetime(9999, 12, 31, tzinfo=UTC) - EPOCH) // MILLISECOND + DAY - 1


def instant(value: object) -> Milliseconds:
    """Return the milliseconds of an RFC 3339 time with an offset, floored.

    A leap second is refused (it is no instant of the time line), and so is an instant outside
    the years 1 to 9999 of UTC, which could not be written again.
    """
    if not isinstance(value, str):
        raise TypeError
    try:
        return Milliseconds(
            DAYS[value[:11]] + MINUTES[value[11:17]] + SECONDS[value[17:19]] + TAILS[value[19:]]
        )
    except KeyError:
        return unusual_instant(value)


def unusual_instant(text: str) -> Milliseconds:
    """Return what `instant` does, for any form and day; remembers the day."""
    match = TIME.fullmatch(text)
    if match is None:
        raise ValueError
    midnight, hours, minutes, seconds, fraction, sign, offset_hours, offset_minutes = (
        match.groups()
    )
    start = (date.fromisoformat(midnight[:10]) - EPOCH.date()).days * DAY
    if len(DAYS) >= DAYS_KEPT:
        DAYS.clear()
    DAYS[midnight] = start
    time = start + int(hours) * HOUR + int(minutes) * MINUTE + int(seconds) * SECOND
    time += int((fraction or "")[:3].ljust(3, "0"))
    if sign is not None:
        offset = int(offset_hours) * HOUR + int(offset_minutes) * MINUTE
        time += offset if sign == "-" else -offset
    if not FIRST_INSTANT <= time <= LAST_INSTANT:
        raise ValueError
    return Milliseconds(time)


def rfc3339(time: int) -> str:
    """Return the instant `time` (milliseconds) as RFC 3339 in UTC, without idle zeros."""
    text = (EPOCH + time * MILLISECOND).isoformat(timespec="milliseconds")[:-6]
    return text.removesuffix(".000") + "Z"


def thousandths(value: object) -> Thousandths:
    """Return a JSON number in thousandths, floored.

    Numbers from `NUMBER_LIMIT` on are kept as that limit, which no scale reaches.
    """
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise TypeError
    if value <= -NUMBER_LIMIT:
        return Thousandths(-NUMBER_LIMIT * 1000)
    if value >= NUMBER_LIMIT:
        return Thousandths(NUMBER_LIMIT * 1000)
    if isinstance(value, int):
        return Thousandths(value * 1000)
    return Thousandths(value.quantize(THOUSANDTH, ROUND_FLOOR).scaleb(3))


def seconds(value: object) -> Seconds:
    """Return a JSON number of seconds >= 0 in thousandths, floored."""
    if isinstance(value, int | Decimal) and not 0 <= value < NUMBER_LIMIT:
        raise ValueError
    return Seconds(thousandths(value))


def amount(value: object) -> Amount:
    """Return an amount >= 0, written as a number or as a decimal string."""
    if isinstance(value, str):
        if not DECIMAL.fullmatch(value):
            raise ValueError
    elif not isinstance(value, int | Decimal) or isinstance(value, bool):
        raise TypeError
    number = Amount(value)
    exponent = number.as_tuple().exponent
    if not isinstance(exponent, int) or exponent < -DECIMALS_MAX:
        raise ValueError
    if not 0 <= number < NUMBER_LIMIT:
        raise ValueError
    return number


def day(value: object) -> Day:
    """Return a date written YYYY-MM-DD."""
    if not isinstance(value, str):
        raise TypeError
    if not DATE.fullmatch(value):
        raise ValueError
    return Day.fromisoformat(value)


READERS: Final[dict[object, Callable[[object], object]]] = {
    Milliseconds: instant,
    Thousandths: thousandths,
    Seconds: seconds,
    Amount: amount,
    Day: day,
}


def read_scalar(kind: type, value: object) -> object:
    """Return `value` as the scalar `kind`: the `dec_hook` of every decoder here."""
    if kind is Milliseconds:
        return instant(value)
    return READERS[kind](value)


def minor_units(amount: Decimal, currency: str) -> int:
    """Return `amount` in minor units of `currency`, rounded half up."""
    scaled = amount.quantize(Decimal((0, (1,), -EXPONENTS.get(currency, 2))), ROUND_HALF_UP)
    return int(scaled.scaleb(EXPONENTS.get(currency, 2)))
