"""The structure of the settings, taken from their types: what checks, prints and documents them.

A type becomes a `Scalar`, a `Listing`, a `Table`, an `Either` or a `Block`. An `Annotated` type
brings its `Form`, and each key its sentence (`Meta(description=...)`).
"""

from types import UnionType
from typing import Annotated, Any, Final, Union, get_args, get_origin, get_type_hints

from msgspec import Meta, Struct, structs

from schemas.forms import NUMBER, TEXT, TRUTH, Form


class Scalar(Struct, frozen=True):
    """A single value."""

    form: Form


class Listing(Struct, frozen=True):
    """A list. `alone`: a single item may stand without the list."""

    item: "Shape"
    alone: bool = False


class Table(Struct, frozen=True):
    """A mapping whose keys the user chooses."""

    key: Form
    value: "Shape"


class Either(Struct, frozen=True):
    """A single value, or a mapping of them."""

    scalar: Scalar
    table: Table


class Key(Struct, frozen=True):
    """A key of a block. It is required if it has no default."""

    name: str
    shape: "Shape"
    sentence: str
    required: bool
    default: Any


class Block(Struct, frozen=True):
    """A mapping whose keys are given, and the class of its value."""

    kind: type[Struct]
    keys: tuple[Key, ...]


Shape = Scalar | Listing | Table | Either | Block


class OneOrMore:
    """Marks a list of which a single item may stand without the list."""


BUILT_IN: Final[dict[object, Form]] = {str: TEXT, bool: TRUTH, float: NUMBER}


def shape_of(kind: Any) -> Shape:
    """Return the shape of a type; null stands for its default and needs none."""
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is Annotated:
        return annotated(arguments[0], arguments[1:])
    if origin in (Union, UnionType):
        return either([shape_of(part) for part in arguments if part is not type(None)])
    if origin is tuple:
        return Listing(shape_of(arguments[0]))
    if origin is dict:
        key = shape_of(arguments[0])
        return Table(key.form if isinstance(key, Scalar) else TEXT, shape_of(arguments[1]))
    if isinstance(kind, type) and issubclass(kind, Struct):
        return Block(kind, keys_of(kind))
    return Scalar(BUILT_IN[kind])


def annotated(kind: Any, notes: tuple[object, ...]) -> Shape:
    """Return the shape of an annotated type: its form, if it has one."""
    for note in notes:
        if isinstance(note, Form):
            return Scalar(note)
    shape = shape_of(kind)
    if isinstance(shape, Listing) and OneOrMore in notes:
        return Listing(shape.item, alone=True)
    return shape


def either(shapes: list[Shape]) -> Shape:
    """Return the shape of a union: one shape, or a single value and a mapping."""
    match shapes:
        case [shape]:
            return shape
        case [Scalar() as scalar, Table() as table]:
            return Either(scalar, table)
    raise TypeError(shapes)


def keys_of(kind: type[Struct]) -> tuple[Key, ...]:
    """Return the keys of a class of settings."""
    hints = get_type_hints(kind, include_extras=True)
    return tuple(
        Key(
            field.name,
            shape_of(hints[field.name]),
            sentence_of(hints[field.name]),
            field.required,
            None if field.required else default_of(field),
        )
        for field in structs.fields(kind)
    )


def default_of(field: structs.FieldInfo) -> Any:
    """Return the default of a field that has one."""
    return field.default_factory() if callable(field.default_factory) else field.default


def sentence_of(kind: Any) -> str:
    """Return the documentation of a key. Raises LookupError if it has none."""
    for note in get_args(kind)[1:]:
        if isinstance(note, Meta) and note.description is not None:
            return note.description
    raise LookupError(kind)
