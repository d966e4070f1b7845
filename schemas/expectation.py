"""What a type accepts, in words, and which wrong values may be told.

Messages go to logs and dead letters, so a value is told only where a person's data cannot stand:
numbers where a number is expected, word-like strings where a word of a list is, and so on.
"""

import re
from collections.abc import Iterable
from typing import Any, Final, Literal, NamedTuple, get_args, get_origin

from msgspec import inspect, json

from schemas.scalars import NUMBER_LIMIT, Amount, Day, Milliseconds, Seconds, Thousandths

WORD: Final = re.compile(r"[A-Za-z0-9_.-]{1,60}", re.ASCII)
NUMERIC: Final = re.compile(r"[0-9.,eE+-]{1,30}", re.ASCII)
TIME: Final = re.compile(r"[0-9TtZz:.,+ -]{1,40}", re.ASCII)
NOTHING: Final = re.compile(r"(?!)")


class Expectation(NamedTuple):
    """What is right, in words, and the form of the wrong values that may be told."""

    text: str
    told: re.Pattern[str]


LIMIT: Final = f"10^{len(str(NUMBER_LIMIT)) - 1}"
SCALARS: Final[dict[type, Expectation]] = {
    Milliseconds: Expectation(
        "an RFC 3339 time with an offset, such as 2026-06-01T10:00:00Z", TIME
    ),
    Thousandths: Expectation("a number", NUMERIC),
    Seconds: Expectation(f"a number of seconds, 0 or more and less than {LIMIT}", NUMERIC),
    Amount: Expectation(
        f"a decimal number, 0 or more and less than {LIMIT}, or a string of one", NUMERIC
    ),
    Day: Expectation("a date, such as 2026-06-01", TIME),
}


def expectation(kind: Any) -> Expectation:
    """Return what the type `kind` of a member accepts; null and absence are left unsaid."""
    words = [
        word
        for part in (kind, *get_args(kind))
        if get_origin(part) is Literal
        for word in get_args(part)
    ]
    if words:
        return Expectation(one_of(words), WORD)
    return of_type(inspect.type_info(kind))


def of_type(info: inspect.Type) -> Expectation:
    """Return what `expectation` does, for a type that msgspec has looked into."""
    match info:
        case inspect.Metadata(type=inner, extra_json_schema={"description": str(text)}):
            return Expectation(text, of_type(inner).told)
        case inspect.CustomType(cls=scalar):
            return SCALARS[scalar]
        case inspect.BoolType():
            return Expectation("true or false", NUMERIC)
        case inspect.IntType():
            return Expectation("an integer", NUMERIC)
        case inspect.StrType():
            return Expectation("a string", NOTHING)
        case inspect.TupleType() | inspect.VarTupleType():
            return Expectation("an array", NOTHING)
        case inspect.UnionType(types=types):
            parts = [of_type(part) for part in types if not isinstance(part, inspect.NoneType)]
            return Expectation(" or ".join(part.text for part in parts), parts[0].told)
    raise TypeError(info)


def one_of(words: Iterable[object]) -> str:
    """Return a list in words: a, b or c."""
    *most, last = map(str, words)
    return f"{', '.join(most)} or {last}" if most else last


def told(value: object, form: re.Pattern[str]) -> str:
    """Return a value in words; itself only if its text has the form."""
    match value:
        case None | bool():
            return json.encode(value).decode()
        case str():
            if form.fullmatch(value):
                return f'"{value}"'
            return f"a string of {len(value)} characters" if value else "an empty string"
        case dict():
            return "an object"
        case list() | tuple():
            return "an array"
        case int() if value.bit_length() > 100:
            return "a number"
        case _:
            text = str(value)
            return text if form is not NOTHING and form.fullmatch(text) else "a number"
