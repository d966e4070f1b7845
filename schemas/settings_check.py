"""A file and the environment -> settings, or every error at once. (Contract 5.)

The tree of the text is read by the structure of the settings; then come the rules that tie keys
together. A value with a fault takes no part in them, so that one fault is told once.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import Any, Final

from msgspec import Struct

from schemas.errors import DeskpulseError
from schemas.forms import Form
from schemas.policy import Calendar, Policy, SlaPolicy
from schemas.settings import FILE, HIDDEN, Security, Settings, assemble
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
NO_CALENDAR: Final = "no calendar has this name"


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


def load_settings(text: str | None, environment: Mapping[str, str], name: str) -> Settings:
    """Return the settings of a YAML text (None: every default) and the environment.

    `DESKPULSE_KAFKA_GROUP` overrides `kafka.group`, and so on for every key; numbers, lists and
    mappings are written as JSON or YAML. `name` is the file's name in messages.
    Raises SettingsError.
    """
    try:
        root, flaws = parse(text or "", lambda line: f"{name}:{line}")
    except TreeError as error:
        raise SettingsError([Fault(*error.flaw)]) from error
    if root.value is None:
        root = Node({}, name)
    check = Check(root)
    check.faults += (Fault(*flaw) for flaw in flaws)
    check.override(environment)
    settings = check.read(FILE, root, ())
    if isinstance(settings, Settings):
        check.tie(settings)
    if check.faults or not isinstance(settings, Settings):
        raise SettingsError(check.faults)
    return settings


class Check:
    """Reads a tree and gathers its faults."""

    def __init__(self, root: Node) -> None:
        self.root = root
        self.faults: list[Fault] = []

    def override(self, environment: Mapping[str, str]) -> None:
        """Put the variables into the tree."""
        known = {name: (path, shape) for name, path, shape in variables(FILE)}
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
            values[name if key is UNREAD else key] = self.read(table.value, inner, (*path, name))
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

    def tie(self, settings: Settings) -> None:
        """Check what ties keys together, where both have no fault of their own."""
        faulty = {fault.path for fault in self.faults}
        for path, problem, names in ties(settings):
            follows = problem == NO_CALENDAR and "calendars" in faulty
            if written_path(path) not in faulty and not follows:
                self.refuse(path, find(self.root, path), problem, names)


# Path of the key to change, what is wrong with it, and the right names where there is a list.
Tie = tuple[Path, str, Iterable[str]]


def ties(settings: Settings) -> Iterator[Tie]:
    """Yield what is wrong between keys."""
    policy = settings.policy
    yield from security_ties(settings.kafka.security)
    yield from repetitions(("windows",), policy.windows)
    yield from repetitions(("previous_windows",), policy.previous_windows)
    yield from repetitions(("acr", "days"), policy.acr.days)
    yield from calendar_ties(policy)
    yield from sla_ties(policy.sla)


def security_ties(security: Security) -> Iterator[Tie]:
    """Yield what is missing or too much in how we prove who we are."""
    path = ("kafka", "security")
    if security.protocol.startswith("SASL"):
        if security.mechanism is None:
            yield (*path, "protocol"), "it needs a mechanism beside it", ()
        if security.username is None:
            yield (*path, "protocol"), "it needs a username beside it", ()
        if security.password is None and security.password_file is None:
            yield (*path, "protocol"), "it needs a password or a password_file beside it", ()
    if security.password is not None and security.password_file is not None:
        yield (*path, "password_file"), "a password stands beside it; one of them is enough", ()
    if security.certificate_file is not None and security.key_file is None:
        yield (*path, "certificate_file"), "it needs a key_file beside it", ()
    if security.key_file is not None and security.certificate_file is None:
        yield (*path, "key_file"), "it needs a certificate_file beside it", ()


def repetitions(path: Path, values: Sequence[object]) -> Iterator[Tie]:
    """Yield values that stand in a list twice."""
    for i, value in enumerate(values):
        if value is not UNREAD and value in values[:i]:
            yield (*path, i), "it stands here twice", ()


def calendar_ties(policy: Policy) -> Iterator[Tie]:
    """Yield calendars that never open, and names of calendars that there are not."""
    for name, calendar in policy.calendars.items():
        hours = calendar.hours if isinstance(calendar, Calendar) else UNREAD
        if isinstance(hours, dict) and not any(hours.values()):
            yield ("calendars", name, "hours"), "it never opens", ()
    uses: list[tuple[Path, object]] = [(("business_calendar",), policy.business_calendar)]
    for channel, name in policy.channel_calendars.items():
        uses.append((("channel_calendars", channel), name))
    for i, sla in enumerate(policy.sla):
        if isinstance(sla, SlaPolicy):
            uses.append((("sla", i, "calendar"), sla.calendar))
    for path, used in uses:
        if isinstance(used, str) and used not in policy.calendars:
            yield path, NO_CALENDAR, policy.calendars


def sla_ties(policies: Sequence[object]) -> Iterator[Tie]:
    """Yield ids that stand twice, and policies that end before they begin."""
    ids: set[str] = set()
    for i, sla in enumerate(policies):
        if not isinstance(sla, SlaPolicy):
            continue
        if isinstance(sla.id, str):
            if sla.id in ids:
                yield (
                    ("sla", i, "id"),
                    "two policies have this id; a new version has a new one",
                    (),
                )
            ids.add(sla.id)
        begin, end = sla.effective_from, sla.effective_to
        if begin is not None and end is not None and end <= begin:
            yield ("sla", i, "effective_to"), "it is not later than effective_from", ()


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
