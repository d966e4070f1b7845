"""The text of the settings as a tree of nodes that know their places; variables replace nodes."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final, NamedTuple

import yaml
from msgspec import Struct, field

from schemas.shapes import Block, Scalar, Shape

Path = tuple[str | int, ...]

PREFIX: Final = "DESKPULSE_"
# Variables that are no settings: of one process (its name in the group), of the build, of tests.
OTHER_VARIABLES: Final = ("INSTANCE", "COMPILE", "TEST_", "PROPERTY_")


class Node(Struct):
    """A value and its place: a scalar, a dict of nodes by key, or a list of nodes."""

    value: Any
    place: str
    key_places: dict[str, str] = field(default_factory=dict)


class Flaw(NamedTuple):
    """What is wrong with a text, in the form of a fault."""

    place: str
    path: str
    value: None
    problem: str


class TreeError(Exception):
    """The text is no tree at all; `flaw` says where and why."""

    def __init__(self, place: str, problem: str) -> None:
        super().__init__(place, problem)
        self.flaw = Flaw(place, "", None, problem)


def parse(text: str, place: Callable[[int], str]) -> tuple[Node, list[Flaw]]:
    """Return the tree of a YAML text and its flaws; `place` names a line. Raises TreeError."""
    try:
        grower = Grower(text, place)
        root = grower.loader.get_single_node()
        return Node(None, place(1)) if root is None else grower.grow(root, ()), grower.flaws
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = 1 if mark is None else mark.line + 1
        raise TreeError(place(line), f"no YAML: {error.problem}") from error
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise TreeError(place(line), f"no YAML: {error.reason}") from error
    except RecursionError as error:
        raise TreeError(place(1), "nested too deeply") from error


class Grower:
    """Makes our nodes of YAML's. Of a key that stands there twice the last value counts."""

    def __init__(self, text: str, place: Callable[[int], str]) -> None:
        self.loader = yaml.SafeLoader(text)
        self.flaws: list[Flaw] = []
        self._place = place

    def grow(self, node: yaml.Node, above: tuple[yaml.Node, ...]) -> Node:
        """Return the tree of a YAML node that lies within the nodes `above`. Raises TreeError."""
        here = self._line(node)
        if any(node is each for each in above):
            raise TreeError(here, "it contains itself")
        above = (*above, node)
        match node:
            case yaml.MappingNode():
                return self._mapping(node, above)
            case yaml.SequenceNode():
                return Node([self.grow(item, above) for item in node.value], here)
            case yaml.ScalarNode(tag="tag:yaml.org,2002:timestamp"):
                # Dates stay as they are written: what they mean is for the key to say.
                return Node(node.value, here)
        try:
            return Node(self.loader.construct_object(node), here)
        except ValueError as error:
            raise TreeError(here, "no YAML: a scalar cannot be read") from error

    def _mapping(self, node: yaml.MappingNode, above: tuple[yaml.Node, ...]) -> Node:
        tree = Node({}, self._line(node))
        written = [key.value for key, _ in node.value]
        self.loader.flatten_mapping(node)
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                self._flaw(key, "a key has to be a string")
                continue
            # A merged mapping (<<) may say again what the mapping itself says.
            if key.value in tree.value and written.count(key.value) > 1:
                self._flaw(key, f'the key "{key.value}" stands here twice')
            tree.value[key.value] = self.grow(value, above)
            tree.key_places[key.value] = self._line(key)
        return tree

    def _flaw(self, node: yaml.Node, problem: str) -> None:
        self.flaws.append(Flaw(self._line(node), "", None, problem))

    def _line(self, node: yaml.Node) -> str:
        return self._place(node.start_mark.line + 1)


def find(root: Node, path: Path) -> Node:
    """Return the node at `path`, or the last one on the way to it."""
    node = root
    for step in path:
        match node.value:
            case list(items) if isinstance(step, int):
                node = items[step]
            case dict(members) if step in members:
                node = members[step]
    return node


def lookup(root: Node, path: Path) -> Node | None:
    """Return the node of a key, None if it is not there."""
    node: Node | None = root
    for step in path:
        node = node.value.get(step) if node and isinstance(node.value, dict) else None
    return node


def take(root: Node, path: tuple[str, ...]) -> str | None:
    """Take a key out of the tree and return its place, None if it is not there."""
    *way, last = path
    above = lookup(root, tuple(way))
    if above is None or not isinstance(above.value, dict) or last not in above.value:
        return None
    del above.value[last]
    return above.key_places[last]


def variables(block: Block, path: Path = ()) -> Iterator[tuple[str, Path, Shape]]:
    """Yield variable, path and shape of every key that is no block itself."""
    for key in block.keys:
        inner = (*path, key.name)
        if isinstance(key.shape, Block):
            yield from variables(key.shape, inner)
        else:
            yield variable(inner), inner, key.shape


def variable(path: Path) -> str:
    """Return the variable that overrides a key: `DESKPULSE_KAFKA_GROUP` for `kafka.group`."""
    return PREFIX + "_".join(map(str, path)).upper()


def ours(environment: Mapping[str, str]) -> Iterable[str]:
    """Return the names of the variables that mean settings; an empty variable is none."""
    return sorted(
        name
        for name, value in environment.items()
        if name.startswith(PREFIX)
        and not name.removeprefix(PREFIX).startswith(OTHER_VARIABLES)
        and value
    )


def variable_node(name: str, text: str, shape: Shape) -> tuple[Node, list[Flaw]]:
    """Return the node that a variable holds, and its flaws. Raises TreeError.

    Text is taken as it stands; numbers, lists and mappings are written as JSON or YAML.
    """
    if isinstance(shape, Scalar) and shape.form.is_text:
        return Node(text, name), []
    return parse(text, lambda _: name)


def put(root: Node, path: Path, node: Node) -> None:
    """Replace the node at `path`. What stands in the way stays, to be refused later."""
    *way, last = path
    above = root
    for step in way:
        if not isinstance(above.value, dict):
            return
        inner = above.value.get(step)
        if inner is None or inner.value is None:
            inner = above.value[step] = Node({}, node.place)
        above = inner
    if isinstance(above.value, dict):
        above.value[last] = node
