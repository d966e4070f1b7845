"""Reads the tree of a text by its structure and gathers every fault.

A value with a fault takes no part in the rules that tie keys together, so that one fault is told
once.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from typing import Any, Final, Self

from msgspec import Struct

from schemas.errors import DeskpulseError
from schemas.forms import Form
from schemas.settings import HIDDEN, assemble
from schemas.settings_tree import (
    Node,
    Path,
    TreeError,
    find,
    ours,
    parse,
    put,
    variable_node,
    variables,
)
from schemas.shapes import Block, Either, Key, Listing, Scalar, Shape, Table

VALUE_LENGTH_MAX: Final = 60
# At 0.6, difflib's own, "solved" is like "hold".
SIMILAR: Final = 0.7


# Path of the key to change, what is wrong with it, and the right names where there is a list.
Tie = tuple[Path, str, Iterable[str]]


class Fault(Struct, frozen=True):
    """One error: where it stands, which key, what it holds, what is expected, the nearest name.

    `value` is None where there is none or it says nothing. Secrets are hidden.
    """

    place: str
    path: str
    value: str | None
    problem: str
    nearest: str | None = None

    @property
    def message(self) -> str:
        """One line for people."""
        key = " = ".join(part for part in (self.path, self.value) if part)
        guess = "" if self.nearest is None else f'. Did you mean "{self.nearest}"?'
        return f"{self.place}  {key}{': ' if key else ''}{self.problem}{guess}"


class SettingsError(DeskpulseError):
    """The settings are wrong. `faults` holds every error."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        lines = [fault.message for fault in self.faults]
        count = f"{len(lines)} error{'s' if len(lines) > 1 else ''}; nothing was started."
        super().__init__("\n".join([*lines, count]))


class Unread:
    """What stands in the place of a value with a fault."""


UNREAD: Final = Unread()


class Check:
    """Reads a tree and gathers its faults."""

    def __init__(self, root: Node) -> None:
        self.root = root
        self.faults: list[Fault] = []

    @classmethod
    def of_text(cls, text: str, name: str) -> Self:
        """Return a check of a YAML text, with its flaws; `name` is its name in messages.

        Raises SettingsError if it is no YAML.
        """
        try:
            root, flaws = parse(text, lambda line: f"{name}:{line}")
        except TreeError as error:
            raise SettingsError([Fault(*error.flaw)]) from error
        check = cls(Node({}, name) if root.value is None else root)
        check.faults += (Fault(*flaw) for flaw in flaws)
        return check

    @property
    def faulty(self) -> set[str]:
        """The paths that have a fault."""
        return {fault.path for fault in self.faults}

    def override(self, block: Block, environment: Mapping[str, str]) -> None:
        """Put the variables that stand for keys of `block` into the tree."""
        known = {name: (path, shape) for name, path, shape in variables(block)}
        for name in ours(environment):
            if name not in known:
                self.faults.append(
                    Fault(name, "", None, "no setting has this name", nearest(name, known))
                )
                continue
            path, shape = known[name]
            try:
                node, flaws = variable_node(name, environment[name], shape)
            except TreeError as error:
                self.faults.append(Fault(*error.flaw))
                continue
            self.faults += (Fault(*flaw) for flaw in flaws)
            put(self.root, path, node)

    def read(self, shape: Shape, node: Node, path: Path) -> Any:
        """Return the value of a node, UNREAD if it has the wrong shape."""
        match shape, node.value:
            case Scalar(form=form), _:
                return self.scalar(form, node, path)
            case Listing(item=item), list(nodes):
                return tuple(self.read(item, n, (*path, i)) for i, n in enumerate(nodes))
            case Listing(item=item, alone=True), value if not isinstance(value, dict):
                return (self.read(item, node, path),)
            case Table() as table, dict():
                return self.table(table, node, path)
            case Either(table=table), dict():
                return self.table(table, node, path)
            case Either(scalar=scalar), _:
                return self.scalar(scalar.form, node, path)
            case Block() as block, dict():
                return self.block(block, node, path)
        expected = "a list" if isinstance(shape, Listing) else "a mapping"
        problem = f"expected {expected}, not {kind_of(node.value)}"
        self.faults.append(Fault(node.place, written_path(path), None, problem))
        return UNREAD

    def refuse(self, path: Path, node: Node, problem: str, names: Iterable[str]) -> None:
        """Note what is wrong with the value of a node."""
        value = None if isinstance(node.value, dict | list) else told(node.value)
        guess = nearest(node.value, names)
        self.faults.append(Fault(node.place, written_path(path), value, problem, guess))

    def scalar(self, form: Form, node: Node, path: Path) -> Any:
        """Return a single value."""
        try:
            return form.read(node.value)
        except (TypeError, ValueError):
            value = HIDDEN if form.secret else told(node.value)
            problem = f"expected {form.expected}"
            guess = nearest(node.value, form.names())
            self.faults.append(Fault(node.place, written_path(path), value, problem, guess))
            return UNREAD

    def table(self, table: Table, node: Node, path: Path) -> dict[str, Any]:
        """Return a mapping whose keys the user chose."""
        values = {}
        for name, inner in node.value.items():
            key = self.scalar(table.key, Node(name, node.key_places.get(name, node.place)), path)
            shown = HIDDEN if key is UNREAD and table.key.secret else name
            values[name if key is UNREAD else key] = self.read(table.value, inner, (*path, shown))
        return values

    def block(self, block: Block, node: Node, path: Path) -> Any:
        """Return the value of a mapping whose keys are given."""
        known = [key.name for key in block.keys]
        for name in node.value:
            if name not in known:
                place = node.key_places.get(name, node.place)
                unknown = written_path((*path, name))
                guess = nearest(name, known)
                self.faults.append(Fault(place, unknown, None, "there is no such key", guess))
        return assemble(block.kind, {key.name: self.key(key, node, path) for key in block.keys})

    def key(self, key: Key, node: Node, path: Path) -> Any:
        """Return the value of a key, its default if it is absent or null."""
        inner = node.value.get(key.name)
        if inner is not None and inner.value is not None:
            value = self.read(key.shape, inner, (*path, key.name))
            return key.default if value is UNREAD and not key.required else value
        if not key.required:
            return key.default
        self.faults.append(
            Fault(node.place, written_path((*path, key.name)), None, "it is missing")
        )
        return UNREAD

    def tie(self, ties: Iterable[Tie]) -> None:
        """Note what ties keys together wrongly, where both have no fault of their own."""
        faulty = self.faulty
        for path, problem, names in ties:
            if written_path(path) not in faulty:
                self.refuse(path, find(self.root, path), problem, names)


def nearest(value: object, names: Iterable[str]) -> str | None:
    """Return the name that is most like a value, None if none is."""
    if not isinstance(value, str):
        return None
    by_small = {name.lower(): name for name in names}
    close = get_close_matches(value.lower(), by_small, n=1, cutoff=SIMILAR)
    return by_small[close[0]] if close else None


def written_path(path: Path) -> str:
    """Return a path as people write it: sla[0].targets."""
    steps = (f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    return "".join(steps).removeprefix(".")


def told(value: object) -> str:
    """Return a node's value, shortened."""
    if isinstance(value, dict | list):
        return kind_of(value)
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= VALUE_LENGTH_MAX else f"{text[:VALUE_LENGTH_MAX]}…"


def kind_of(value: object) -> str:
    """Return what a node's value is, in a word."""
    match value:
        case dict():
            return "a mapping"
        case list():
            return "a list"
        case str():
            return "a string"
        case bool():
            return "true or false"
        case int() | float():
            return "a number"
        case _:
            return "nothing"
