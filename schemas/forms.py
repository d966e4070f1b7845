"""Forms of single values in the settings: how each is read, written, described and checked."""

import math
import re
from collections.abc import Callable, Iterable
from typing import Any, Final
from zoneinfo import ZoneInfo, available_timezones

from msgspec import Struct

from schemas.duration import milliseconds, written
from schemas.expectation import one_of
from schemas.scalars import LABEL_BYTES_MAX, day, instant, rfc3339


def nothing() -> Iterable[str]:
    """Return no names."""
    return ()


def same(value: Any) -> Any:
    """Return the value."""
    return value


class Form(Struct, frozen=True, eq=False):
    """What a value of the settings may look like.

    `read` takes what YAML says (a string, a number, true or false) and returns the value; it
    raises ValueError or TypeError for what is not `expected`. `write` is its inverse. `names` are
    the right ones where there is a list, to find the nearest. A secret is never shown.
    """

    expected: str
    read: Callable[[Any], Any]
    schema: dict[str, Any]
    write: Callable[[Any], Any] = same
    names: Callable[[], Iterable[str]] = nothing
    secret: bool = False

    @property
    def is_text(self) -> bool:
        """Whether YAML has it as a string."""
        return bool(self.schema.get("type", "string") == "string")


def string(value: Any) -> str:
    """Return a string that is not empty."""
    if not isinstance(value, str):
        raise TypeError
    if not value:
        raise ValueError
    return value


def label(value: Any) -> str:
    """Return a string that a label may hold."""
    if len(string(value).encode()) > LABEL_BYTES_MAX:
        raise ValueError
    return string(value)


def truth(value: Any) -> bool:
    """Return true or false."""
    if not isinstance(value, bool):
        raise TypeError
    return value


def number(value: Any) -> float:
    """Return a finite number, as it was written: whole or not."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError
    if not math.isfinite(value):
        raise ValueError
    return value


def share(value: Any) -> float:
    """Return a number between 0 and 1, both excluded."""
    if not 0 < number(value) < 1:
        raise ValueError
    return float(value)


def time_zone(value: Any) -> str:
    """Return the name of a time zone that exists."""
    try:
        return ZoneInfo(string(value)).key
    except (OSError, LookupError) as error:
        raise ValueError from error


def effective_instant(value: Any) -> int:
    """Return milliseconds of an RFC 3339 time, or of a date at 00:00 UTC."""
    text = string(value)
    return instant(
        f"{day(text).isoformat()}T00:00:00Z" if len(text) == len("2026-01-01") else text
    )


def listen_address(value: Any) -> str:
    """Return host:port; port 0 takes any free one."""
    host, _, port = string(value).rpartition(":")
    if not host or not port.isascii() or not port.isdecimal() or int(port) > PORT_MAX:
        raise ValueError
    return string(value)


def servers(value: Any) -> str:
    """Return one or more host:port, with commas between them."""
    for server in string(value).split(","):
        listen_address(server.strip())
    return string(value)


def matching(pattern: str) -> Callable[[Any], str]:
    """Return a reader of strings that match `pattern` as a whole."""

    def read(value: Any) -> str:
        if not re.fullmatch(pattern, string(value), re.ASCII):
            raise ValueError
        return string(value)

    return read


def duration(least: int) -> Callable[[Any], int]:
    """Return a reader of durations from `least` milliseconds on."""

    def read(value: Any) -> int:
        length = milliseconds(string(value))
        if not least <= length <= DURATION_MAX:
            raise ValueError
        return length

    return read


def whole(least: int, most: int) -> Form:
    """Return the form of integers from `least` to `most`."""

    def read(value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int):
            raise TypeError
        if not least <= value <= most:
            raise ValueError
        return value

    schema = {"type": "integer", "minimum": least, "maximum": most}
    return Form(f"an integer from {least} to {most}", read, schema)


def words(*allowed: str) -> Form:
    """Return the form of a list of words."""

    def read(value: Any) -> str:
        if string(value) not in allowed:
            raise ValueError
        return string(value)

    return Form(one_of(allowed), read, {"enum": list(allowed)}, names=lambda: allowed)


def calendar_day(value: Any) -> str:
    """Return a date that exists, as it was written."""
    return day(value).isoformat()


PORT_MAX: Final = 65_535
# Ten thousand years: sums with an instant stay far within 64 bits.
DURATION_MAX: Final = milliseconds("3660000d")

DURATION: Final = r"[0-9]{1,15}(ms|s|m|h|d)"
WEEKDAY: Final = "(mon|tue|wed|thu|fri|sat|sun)"
WEEKDAYS: Final = f"{WEEKDAY}(-{WEEKDAY})?"
DAYS: Final = f"{WEEKDAYS}(, ?{WEEKDAYS})*"
CLOCK: Final = r"(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)"
INTERVAL: Final = f"(?!24:00){CLOCK}-{CLOCK}"
KAFKA_NAME: Final = r"[A-Za-z0-9._-]{1,200}"
TOPIC_PREFIX: Final = r"[A-Za-z0-9._-]{0,100}"


def string_schema(pattern: str) -> dict[str, Any]:
    """Return the JSON Schema of strings that match `pattern` as a whole."""
    return {"type": "string", "pattern": f"^{pattern}$"}


TEXT: Final = Form(
    "a non-empty string (numbers, dates, yes and no in quotes)",
    string,
    {"type": "string", "minLength": 1},
)
LABEL: Final = Form(
    f"a string of 1 to {LABEL_BYTES_MAX} bytes (numbers, dates, yes and no in quotes)",
    label,
    {"type": "string", "minLength": 1, "maxLength": LABEL_BYTES_MAX},
)
SECRET: Final = Form("a non-empty string", string, {"type": "string", "minLength": 1}, secret=True)
TRUTH: Final = Form("true or false", truth, {"type": "boolean"})
NUMBER: Final = Form("a number", number, {"type": "number"})
SHARE: Final = Form(
    "a number between 0 and 1, such as 0.95",
    share,
    {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1},
)
POSITIVE_DURATION: Final = Form(
    "a duration above 0, such as 15m, 4h or 3d",
    duration(1),
    string_schema(DURATION),
    written,
)
ANY_DURATION: Final = Form(
    "a duration, such as 0s, 15m, 4h or 3d", duration(0), string_schema(DURATION), written
)
INSTANT: Final = Form(
    "a date (00:00 UTC) or an RFC 3339 time with an offset",
    effective_instant,
    {"type": "string"},
    rfc3339,
)
DATE: Final = Form(
    "a date, such as 2026-12-25", calendar_day, string_schema(r"[0-9]{4}-[0-9][0-9]-[0-9][0-9]")
)
ZONE: Final = Form(
    "the name of a time zone, such as Europe/Warsaw",
    time_zone,
    {"type": "string", "minLength": 1},
    names=available_timezones,
)
DAY_RANGES: Final = Form(
    "days, such as mon, mon-fri, fri-mon or mon,wed", matching(DAYS), string_schema(DAYS)
)
OPENING: Final = Form(
    "an interval, such as 09:00-17:00 or 22:00-06:00",
    matching(INTERVAL),
    string_schema(INTERVAL),
)
SERVERS: Final = Form(
    "host:port, several with commas", servers, {"type": "string", "pattern": r":[0-9]{1,5}$"}
)
LISTEN: Final = Form(
    "host:port, such as 127.0.0.1:9877",
    listen_address,
    {"type": "string", "pattern": r"^.+:[0-9]{1,5}$"},
)
NAME: Final = Form(
    "letters, digits, '.', '_' and '-'", matching(KAFKA_NAME), string_schema(KAFKA_NAME)
)
PREFIX: Final = Form(
    "nothing, or letters, digits, '.', '_' and '-'",
    lambda value: value if value == "" else matching(TOPIC_PREFIX)(value),
    string_schema(TOPIC_PREFIX),
)
