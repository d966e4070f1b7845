"""The entities of a partition as bytes, and which of them have to be written."""

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from schemas.registry import entity_of
from streams.entities import stored
from streams.entities.stored import Stored

STATEMENT: Final = "statement"
SEPARATOR: Final = "\0"

# What became of the events of an entity when others were added.
UNCHANGED: Final = 0
APPENDED: Final = 1
REORDERED: Final = 2

# A copy is looked for among so many events; where there are more, in a table of them.
SCANNED_MAX: Final = 64

# Kind and key.
Entity = tuple[str, str]


class Applied(NamedTuple):
    """How many events were new, known already, and older than the newest of their entity."""

    applied: int
    duplicate: int
    late: int


class Store:
    """The bodies of entities by kind and key, and what tickets say by customer and ticket."""

    def __init__(self, partition: int) -> None:
        self._partition = partition
        self.bodies: dict[str, dict[str, bytes]] = {}
        self.statements: dict[str, dict[str, bytes]] = {}
        self._changed: set[Entity] = set()
        self._applied: int = 0
        self._duplicate: int = 0
        self._late: int = 0

    def restore(self, kind: str, key: str, value: bytes | None) -> None:
        """Take one record of the changelog. Raises StateError."""
        if value is not None and value[:1] != stored.VERSION:
            what = f"changelog record of partition {self._partition}"
            raise stored.of_another_version(what, value)
        if kind == STATEMENT:
            customer, ticket = split(key)
            self._state(customer, ticket, None if value is None else value[1:])
        elif value is None:
            self.bodies.setdefault(kind, {}).pop(key, None)
        else:
            self.bodies.setdefault(kind, {})[key] = value

    def events(self, kind: str, key: str) -> list[Stored]:
        """Return the events of an entity in order; none if it is not here. Raises StateError."""
        of_kind = self.bodies.get(kind)
        body = None if of_kind is None else of_kind.get(key)
        return [] if body is None else stored.load(body)

    def groups(self, events: Sequence[Any]) -> dict[Entity, list[Stored]]:
        """Return events by entity, as they are kept, and begin to count anew."""
        self._applied = self._duplicate = self._late = 0
        groups: dict[Entity, list[Stored]] = {}
        for event in events:
            entity = entity_of(event)
            group = groups.get(entity)
            if group is None:
                groups[entity] = [stored.store(event)]
            else:
                group.append(stored.store(event))
        return groups

    def counts(self) -> Applied:
        """Return what became of the events inserted since `groups`."""
        return Applied(self._applied, self._duplicate, self._late)

    def insert(self, kind: str, key: str, events: list[Stored], news: list[Stored]) -> int:
        """Add new events to those of an entity, in order; return what became of the old ones."""
        chunks: list[bytes] = []
        outcome = APPENDED
        rewrite = False
        newest = events[len(events) - 1] if events else None
        places = _places(events) if len(events) + len(news) > SCANNED_MAX else None
        for event in news:
            if places is None:
                known = _find(events, event)
            else:
                known = places.get((event[2], event[3]), -1)
            if known >= 0:
                self._duplicate += 1
                if stored.precedence(event, key) < stored.precedence(events[known], key):
                    events[known] = event
                    newest = max(events, key=stored.order)
                    rewrite = True
                continue
            self._applied += 1
            chunks.append(stored.encode(event))
            if places is not None:
                places[event[2], event[3]] = len(events)
            events.append(event)
            if newest is None or stored.is_newer(event, newest):
                newest = event
            else:
                self._late += 1
                outcome = REORDERED
        if not chunks and not rewrite:
            return UNCHANGED
        bodies = self.bodies.get(kind)
        if bodies is None:
            bodies = self.bodies[kind] = {}
        if rewrite:
            outcome = REORDERED
        if outcome == REORDERED:
            stored.in_order(events)
        if rewrite:
            bodies[key] = stored.dump(events)
        else:
            bodies[key] = stored.extend(bodies.get(key, stored.EMPTY), len(events), chunks)
        self._changed.add((kind, key))
        return outcome

    def forget(self, kind: str, key: str) -> None:
        """Remove an entity; a tombstone is due."""
        del self.bodies[kind][key]
        self._changed.add((kind, key))

    def state(self, customer: str, ticket: str, statement: bytes | None) -> None:
        """Keep what a ticket says about a customer; None: nothing any more."""
        self._state(customer, ticket, statement)
        self._changed.add((STATEMENT, joined(customer, ticket)))

    def forget_statements(self) -> None:
        """Remove all statements; tombstones are due."""
        for customer, of_customer in self.statements.items():
            for ticket in of_customer:
                self._changed.add((STATEMENT, joined(customer, ticket)))
        self.statements.clear()

    def records(self) -> list[tuple[bytes, bytes | None]]:
        """Return the changelog records of what has changed since the last call."""
        found: list[tuple[bytes, bytes | None]] = []
        for kind, key in self._changed:
            found.append((record_key(kind, key), self._record(kind, key)))
        self._changed.clear()
        return found

    def _record(self, kind: str, key: str) -> bytes | None:
        if kind != STATEMENT:
            return self.bodies[kind].get(key)
        customer, ticket = split(key)
        statement = self.statements.get(customer, {}).get(ticket)
        return None if statement is None else stored.VERSION + statement

    def _state(self, customer: str, ticket: str, statement: bytes | None) -> None:
        of_customer = self.statements.setdefault(customer, {})
        if statement is not None:
            of_customer[ticket] = statement
            return
        of_customer.pop(ticket, None)
        if not of_customer:
            del self.statements[customer]


def record_key(kind: str, key: str) -> bytes:
    """Return the key of an entity's changelog record."""
    return (kind + SEPARATOR + key).encode()


def joined(customer: str, ticket: str) -> str:
    """Return one key of both, whatever signs they contain."""
    return f"{len(customer)}{SEPARATOR}{customer}{ticket}"


def split(key: str) -> tuple[str, str]:
    """Return customer and ticket of a joined key."""
    length, _, both = key.partition(SEPARATOR)
    return both[: int(length)], both[int(length) :]


def until(events: list[Stored], t: int) -> list[Stored]:
    """Return the events with time <= t."""
    if not events or events[len(events) - 1][0] <= t:
        return events
    return [event for event in events if event[0] <= t]


def _places(events: list[Stored]) -> dict[tuple[str, str | bytes], int]:
    """Return the place of each event by its identity."""
    return {(event[2], event[3]): place for place, event in enumerate(events)}


def _find(events: list[Stored], wanted: Stored) -> int:
    """Return the place of the event with the same identity, or -1."""
    for place, event in enumerate(events):
        if event[3] == wanted[3] and event[2] == wanted[2]:
            return place
    return -1
