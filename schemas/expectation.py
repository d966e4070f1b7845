"""What a type accepts, in words, and which wrong values may be told.

Messages go to logs and dead letters, so a value is told only where a person's data cannot stand:
short numbers where a number is expected, near misses where a word of a list is, and so on.
"""

import re
from collections.abc import Callable, Iterable
from difflib import SequenceMatcher
from typing import Any, Final, Literal, NamedTuple, get_args, get_origin

from msgspec import inspect, json

from schemas.scalars import (
    DECIMALS_MAX,
    NUMBER_LIMIT,
    Amount,
    Day,
    Milliseconds,
    Seconds,
    Thousandths,
)

# What may be told of a wrong string: whether its text cannot be about a person.
Telling = Callable[[str], bool]


def of_form(pattern: str) -> Telling:
    """Tell a string of a form as a whole."""
    form = re.compile(pattern, re.ASCII)
    return lambda text: form.fullmatch(text) is not None


def like(words: Iterable[str]) -> Telling:
    """Tell a string that is nearly one of the words, so that a slip of the pen can be seen."""
    words = tuple(words)

    def is_like(text: str) -> bool:
        return any(
            abs(len(text) - len(word)) <= ODD_LETTERS_MAX
            and SequenceMatcher(None, text.lower(), word).ratio() >= SIMILAR
            for word in words
        )

    return is_like


# So many letters more or less than the word that is meant: "resolved" for "solved".
ODD_LETTERS_MAX: Final = 3
SIMILAR: Final = 0.6

# Too short for a telephone number.
DIGITS_MAX: Final = 6
NUMERIC: Final = of_form(rf"(?=(\D*\d){{0,{DIGITS_MAX}}}\D*$)[0-9.,eE+-]{{1,12}}")
TIME: Final = of_form(r"\d{4}-\d\d-\d\d[0-9TtZz:.,+ -]{0,30}")
NOTHING: Final = of_form(r"(?!)")


class Expectation(NamedTuple):
    """What is right, in words, and which wrong strings and numbers may be told."""

    text: str
    told: Telling


LIMIT: Final = f"10^{len(str(NUMBER_LIMIT)) - 1}"
SCALARS: Final[dict[type, Expectation]] = {
    Milliseconds: Expectation(
        "an RFC 3339 time with an offset, such as 2026-06-01T10:00:00Z", TIME
    ),
    Thousandths: Expectation("a number", NUMERIC),
    Seconds: Expectation(f"a number of seconds, 0 or more and less than {LIMIT}", NUMERIC),
    Amount: Expectation(
        f"a decimal number, 0 or more and less than {LIMIT}, with at most {DECIMALS_MAX} "
        "decimals, or a string of one",
        NUMERIC,
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
        return Expectation(one_of(words), NUMERIC if all(map(NUMERIC, words)) else like(words))
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


def told(value: object, may: Telling) -> str:
    """Return a value in words; itself only if its text may be told."""
    match value:
        case None | bool():
            return json.encode(value).decode()
        case str():
            if may(value):
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
            digits = sum(map(str.isdigit, text))
            length = f" of {digits} digits" if digits > DIGITS_MAX else ""
            return text if may(text) else f"a number{length}"
