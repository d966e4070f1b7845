"""One partition: its entities, and what they say to the sums."""

import heapq
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from schemas.registry import entity_of
from streams.engine.changes import Changes
from streams.engine.open_tickets import OpenTickets
from streams.entities import stored
from streams.entities.business import business_facts
from streams.entities.customer import customer_facts
from streams.entities.rules import Rules
from streams.entities.statement import decode as decode_statement
from streams.entities.statement import encode as encode_statement
from streams.entities.stored import StateError, Stored
from streams.entities.survey import survey_facts
from streams.entities.ticket import Ticket, build, is_excluded
from streams.entities.ticket_facts import Meaning, ticket_meaning
from streams.facts.facts import Row

TICKET: Final = "ticket"
SURVEY: Final = "survey"
CALLS: Final = "calls"
ORDERS: Final = "orders"
CHANNEL: Final = "channel"
COST: Final = "cost"
STATEMENT: Final = "statement"
CLOCK: Final = "clock"
CUSTOMER: Final = "customer"
SEPARATOR: Final = "\0"

BEFORE_ALL: Final = -(1 << 60)

# What became of the events of an entity when others were added.
UNCHANGED: Final = 0
APPENDED: Final = 1
REORDERED: Final = 2

Entity = tuple[str, str]


class Applied(NamedTuple):
    """How many events were new, known already, and older than the newest of their entity."""

    applied: int
    duplicate: int
    late: int


class Said(NamedTuple):
    """What a ticket says about a customer, encoded; None: it says nothing any more."""

    customer: str
    ticket: str
    statement: bytes | None


class Partition:
    """The entities of one partition, each the set of its events.

    Facts are derived from the events with time <= t; later events are held until they are due.
    A customer is derived from calls, orders and what tickets, of any partition, say about it:
    `outbox` gives what the tickets here say, `accept` takes what is said of the customers here.
    """

    def __init__(self, number: int, rules: Rules, changes: Changes) -> None:
        self.number = number
        self.changes = changes
        self.open_tickets = OpenTickets()
        self.incomplete: int = 0
        self._rules = rules
        self._t: int = BEFORE_ALL
        self._bodies: dict[str, dict[str, bytes]] = {}
        self._statements: dict[str, dict[str, bytes]] = {}
        self._outbox: dict[Entity, bytes | None] = {}
        self._dirty: set[Entity] = set()
        # Statements of events up to here have been handed on before a recovery.
        self._said_until: int = BEFORE_ALL
        self._held: list[tuple[int, str, str]] = []
        self._to_derive: list[Entity] | None = None
        self._to_examine: list[Entity] = []
        self._applied: int = 0
        self._duplicate: int = 0
        self._late: int = 0

    def recover(self, key: bytes, value: bytes | None) -> None:
        """Take one record of the changelog, in its order. Raises StateError."""
        kind, _, name = key.decode().partition(SEPARATOR)
        if value is not None and value[:1] != stored.VERSION:
            raise StateError(
                f"changelog record of partition {self.number} has state version "
                f"{value[0] if value else 'none'}, this program reads {stored.VERSION[0]}; "
                "run the version that wrote it, or reset the group to recompute"
            )
        if kind == CLOCK:
            if value is not None:
                self._said_until = int.from_bytes(value[1:], "big", signed=True)
        elif kind == STATEMENT:
            customer, ticket = _split(name)
            self._state(customer, ticket, None if value is None else value[1:])
        elif value is None:
            self._bodies.setdefault(kind, {}).pop(name, None)
        else:
            self._bodies.setdefault(kind, {})[name] = value

    def gather(self, events: Sequence[Any]) -> Applied:
        """Add events without deriving anything yet, as `recover` does."""
        for (kind, key), news in self._groups(events).items():
            body = self._bodies.setdefault(kind, {}).get(key)
            self._insert(kind, key, body, [] if body is None else stored.load(body), news)
        return Applied(self._applied, self._duplicate, self._late)

    def derive(self, now: int, at_most: int) -> bool:
        """Derive the facts of some recovered or gathered entities; True when all are derived.

        All of them as they are at `now` of the first call. Raises StateError for a damaged
        entity.
        """
        waiting = self._to_derive
        if waiting is None:
            if not self._rules.wants_customers:
                self._forget_statements()
            waiting = [(kind, key) for kind, b in self._bodies.items() for key in b]
            waiting = [entity for entity in waiting if entity[0] not in (CALLS, ORDERS)]
            waiting.extend((CUSTOMER, customer) for customer in self._customers())
            self._to_derive = waiting
            self._t = now
        nothing: list[Stored] = []
        for _ in range(min(at_most, len(waiting))):
            kind, key = waiting.pop()
            if kind == CUSTOMER:
                self._hold_of_customer(key)
                self.changes.replace([], self._customer_facts(key, self._t))
                continue
            events = stored.load(self._bodies[kind][key])
            self._hold(kind, key, events)
            self._settle(kind, key, nothing, _until(events, self._t))
            if kind == TICKET:
                self._say_since(key, events)
        return not waiting

    def apply(self, events: Sequence[Any], now: int) -> Applied:
        """Add events at time `now`; the same set of events gives the same state in any order."""
        self.advance(now)
        for (kind, key), news in self._groups(events).items():
            self._add(kind, key, news)
        return Applied(self._applied, self._duplicate, self._late)

    def advance(self, t: int) -> None:
        """Let time pass to t: held events that have come due take effect. t never goes back."""
        if t <= self._t:
            return
        before, self._t = self._t, t
        held = self._held
        due: set[Entity] = set()
        while held and held[0][0] <= t:
            _, kind, key = heapq.heappop(held)
            due.add((CUSTOMER, key) if kind in (CALLS, ORDERS) else (kind, key))
        for kind, key in due:
            if kind == CUSTOMER:
                facts = self._customer_facts(key, before)
                self.changes.replace(facts, self._customer_facts(key, t))
                continue
            body = self._bodies.get(kind, {}).get(key)
            if body is not None:
                events = stored.load(body)
                self._settle(kind, key, _until(events, before), _until(events, t))

    def outbox(self) -> list[Said]:
        """Return what tickets have come to say since the last call."""
        said = [Said(customer, ticket, s) for (customer, ticket), s in self._outbox.items()]
        self._outbox.clear()
        return said

    def accept(self, said: Sequence[Said], now: int) -> None:
        """Take what tickets say about the customers of this partition.

        Nothing is kept where no KPI asks for it: the tickets say all of it again once one does.
        """
        self.advance(now)
        if not self._rules.wants_customers:
            return
        by_customer: dict[str, list[Said]] = {}
        for one in said:
            by_customer.setdefault(one.customer, []).append(one)
        for customer, ones in by_customer.items():
            before = self._customer_facts(customer, self._t)
            for one in ones:
                self._state(customer, one.ticket, one.statement)
                self._dirty.add((STATEMENT, _joined(customer, one.ticket)))
            self.changes.replace(before, self._customer_facts(customer, self._t))

    def checkpoint(self) -> list[tuple[bytes, bytes | None]]:
        """Return the changelog records of all entities changed since the last call.

        They belong into one transaction with what `outbox` holds; ask for that afterwards.
        """
        records: list[tuple[bytes, bytes | None]] = []
        for kind, key in self._dirty:
            if kind == STATEMENT:
                customer, ticket = _split(key)
                statement = self._statements.get(customer, {}).get(ticket)
                body = None if statement is None else stored.VERSION + statement
            else:
                body = self._bodies.get(kind, {}).get(key)
            records.append(((kind + SEPARATOR + key).encode(), body))
        if records or self._outbox:
            # Without statements nothing has been said: they are all to come once they are wanted.
            said_until = self._t if self._rules.wants_customers else BEFORE_ALL
            clock = stored.VERSION + said_until.to_bytes(8, "big", signed=True)
            records.append(((CLOCK + SEPARATOR).encode(), clock))
        self._dirty.clear()
        return records

    def evict(self, before: int, at_most: int) -> int:
        """Examine some entities, and forget those whose events are all older than `before`.

        So must be the days of a cost. Unresolved tickets, orders (a customer's revenue is
        all-time) and channels stay. Returns how many were forgotten; their tombstones come with
        the next checkpoint.
        """
        if not self._to_examine:
            self._to_examine = [(kind, key) for kind, b in self._bodies.items() for key in b]
        forgotten = 0
        nothing: list[Stored] = []
        for _ in range(min(at_most, len(self._to_examine))):
            kind, key = self._to_examine.pop()
            body = self._bodies[kind].get(key)
            if body is None or kind in (ORDERS, CHANNEL):
                continue
            if kind == TICKET and key in self.open_tickets.rows:
                continue
            events = stored.load(body)
            if self._last_date(kind, events) >= before:
                continue
            facts = self._customer_facts(key, self._t) if kind == CALLS else []
            del self._bodies[kind][key]
            if kind == CALLS:
                self.changes.replace(facts, self._customer_facts(key, self._t))
            else:
                self._settle(kind, key, events, nothing)
            self._dirty.add((kind, key))
            forgotten += 1
        return forgotten

    def withdraw(self) -> None:
        """Take all facts of this partition back from the sums."""
        nothing: list[Stored] = []
        for kind, bodies in self._bodies.items():
            if kind not in (CALLS, ORDERS):
                for key, body in bodies.items():
                    self._settle(kind, key, _until(stored.load(body), self._t), nothing)
        for customer in self._customers():
            self.changes.replace(self._customer_facts(customer, self._t), [])

    def entities(self) -> dict[str, int]:
        """Return the number of entities by kind."""
        return {kind: len(bodies) for kind, bodies in self._bodies.items()}

    def channels(self) -> dict[str, list[tuple[int, bool]]]:
        """Return by channel when it became available, or not, until t."""
        found: dict[str, list[tuple[int, bool]]] = {}
        for channel, body in self._bodies.get(CHANNEL, {}).items():
            events = _until(stored.load(body), self._t)
            if events:
                found[channel] = [(event[0], stored.data_of(event).available) for event in events]
        return found

    def _last_date(self, kind: str, events: list[Stored]) -> int:
        """Return the date of the last event, or of the last day of a cost if that is later."""
        last = events[len(events) - 1][0]
        if kind == COST:
            for fact in business_facts(self._rules, kind, events):
                last = max(last, fact[1])
        return last

    def _groups(self, events: Sequence[Any]) -> dict[Entity, list[Stored]]:
        """Return events by entity, and begin to count anew."""
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

    def _insert(
        self,
        kind: str,
        key: str,
        body: bytes | None,
        events: list[Stored],
        news: list[Stored],
    ) -> int:
        """Add new events to those of an entity, in order; return what became of the old ones."""
        chunks: list[bytes] = []
        outcome = APPENDED
        rewrite = False
        for event in news:
            known = _find(events, event)
            if known >= 0:
                self._duplicate += 1
                if stored.precedence(event, key) < stored.precedence(events[known], key):
                    events[known] = event
                    stored.in_order(events)
                    rewrite = True
                continue
            self._applied += 1
            chunks.append(stored.encode(event))
            newest = not events or stored.is_newer(event, events[len(events) - 1])
            events.append(event)
            if not newest:
                self._late += 1
                stored.in_order(events)
                outcome = REORDERED
        if rewrite:
            self._bodies[kind][key] = stored.dump(events)
            outcome = REORDERED
        elif chunks:
            self._bodies[kind][key] = stored.extend(body or stored.EMPTY, len(events), chunks)
        else:
            return UNCHANGED
        self._dirty.add((kind, key))
        return outcome

    def _add(self, kind: str, key: str, news: list[Stored]) -> None:
        """Add events to one entity and hand on the difference of its facts."""
        body = self._bodies.setdefault(kind, {}).get(key)
        events: list[Stored] = [] if body is None else stored.load(body)
        if kind in (CALLS, ORDERS):
            facts = self._customer_facts(key, self._t)
            if self._insert(kind, key, body, events, news) != UNCHANGED:
                self._hold(kind, key, events)
                self.changes.replace(facts, self._customer_facts(key, self._t))
            return
        known = len(events)
        before = list(_until(events, self._t))
        outcome = self._insert(kind, key, body, events, news)
        if outcome == UNCHANGED:
            return
        self._hold(kind, key, events)
        after = _until(events, self._t)
        if kind != TICKET or outcome == REORDERED or not before or len(before) < known:
            self._settle(kind, key, before, after)
            return
        ticket = build(before)
        if ticket is None:
            self._settle(kind, key, before, after)
            return
        old = ticket_meaning(self._rules, ticket)
        for event in after[known:]:
            ticket.feed(event)
        new = ticket_meaning(self._rules, ticket)
        self.changes.replace(old.facts, new.facts)
        self._say(key, old, new)
        self._show(key, ticket, new)

    def _settle(self, kind: str, key: str, before: list[Stored], after: list[Stored]) -> None:
        """Hand on the difference between what two sets of events of an entity mean."""
        rules = self._rules
        if kind == TICKET:
            was, now = build(before), build(after)
            self._count_incomplete(before, was, -1)
            self._count_incomplete(after, now, 1)
            old, new = ticket_meaning(rules, was), ticket_meaning(rules, now)
            self.changes.replace(old.facts, new.facts)
            self._say(key, old, new)
            self._show(key, now, new)
        elif kind == SURVEY:
            old_facts: list[Row] = []
            new_facts: list[Row] = []
            survey_facts(rules, before, None, old_facts)
            survey_facts(rules, after, None, new_facts)
            self.changes.replace(old_facts, new_facts)
        elif kind != CHANNEL:
            self.changes.replace(
                business_facts(rules, kind, before), business_facts(rules, kind, after)
            )

    def _say(self, ticket: str, old: Meaning, new: Meaning) -> None:
        """Put into the outbox what a ticket says differently about its customers."""
        for customer, statement in new.said.items():
            if customer is not None and old.said.get(customer) != statement:
                self._outbox[customer, ticket] = encode_statement(statement)
        for customer in old.said:
            if customer is not None and customer not in new.said:
                self._outbox[customer, ticket] = None

    def _say_since(self, ticket: str, events: list[Stored]) -> None:
        """Say only what has changed since the statements handed on before a recovery.

        An event that came due while nobody held the ticket may also take a statement back.
        """
        if self._said_until == BEFORE_ALL:
            return
        for said in [entity for entity in self._outbox if entity[1] == ticket]:
            del self._outbox[said]
        if events[len(events) - 1][0] > self._said_until:
            was, now = build(_until(events, self._said_until)), build(_until(events, self._t))
            self._say(ticket, ticket_meaning(self._rules, was), ticket_meaning(self._rules, now))

    def _state(self, customer: str, ticket: str, statement: bytes | None) -> None:
        """Keep what a ticket says about a customer."""
        of_customer = self._statements.setdefault(customer, {})
        if statement is not None:
            of_customer[ticket] = statement
            return
        of_customer.pop(ticket, None)
        if not of_customer:
            del self._statements[customer]

    def _forget_statements(self) -> None:
        for customer, of_customer in self._statements.items():
            for ticket in of_customer:
                self._dirty.add((STATEMENT, _joined(customer, ticket)))
        self._statements.clear()

    def _customers(self) -> set[str]:
        return {
            *self._statements,
            *self._bodies.get(CALLS, {}),
            *self._bodies.get(ORDERS, {}),
        }

    def _customer_facts(self, customer: str, t: int) -> list[Row]:
        """Return what is known of a customer at t."""
        found: list[list[Stored]] = []
        for kind in (CALLS, ORDERS):
            body = self._bodies.get(kind, {}).get(customer)
            found.append([] if body is None else _until(stored.load(body), t))
        statements = {
            ticket: decode_statement(statement)
            for ticket, statement in self._statements.get(customer, {}).items()
        }
        return customer_facts(self._rules, customer, statements, found[0], found[1])

    def _hold_of_customer(self, customer: str) -> None:
        for kind in (CALLS, ORDERS):
            body = self._bodies.get(kind, {}).get(customer)
            if body is not None:
                self._hold(kind, customer, stored.load(body))

    def _show(self, key: str, ticket: Ticket | None, meaning: Meaning) -> None:
        if ticket is not None and ticket.is_unresolved():
            self.open_tickets.put(key, ticket, meaning.open_clocks, self._rules)
        else:
            self.open_tickets.remove(key)

    def _count_incomplete(self, events: list[Stored], ticket: Ticket | None, sign: int) -> None:
        if ticket is None and events and not is_excluded(events):
            self.incomplete += sign

    def _hold(self, kind: str, key: str, events: list[Stored]) -> None:
        """Remember when events later than t will be due."""
        if events[len(events) - 1][0] > self._t:
            for event in events:
                if event[0] > self._t:
                    heapq.heappush(self._held, (event[0], kind, key))


def _joined(customer: str, ticket: str) -> str:
    """Return one key of both, whatever signs they contain."""
    return f"{len(customer)}{SEPARATOR}{customer}{ticket}"


def _split(key: str) -> tuple[str, str]:
    """Return customer and ticket of a joined key."""
    length, _, both = key.partition(SEPARATOR)
    return both[: int(length)], both[int(length) :]


def _until(events: list[Stored], t: int) -> list[Stored]:
    """Return the events with time <= t."""
    if not events or events[len(events) - 1][0] <= t:
        return events
    return [event for event in events if event[0] <= t]


def _find(events: list[Stored], wanted: Stored) -> int:
    """Return the place of the event with the same identity, or -1."""
    place = 0
    for event in events:
        if event[3] == wanted[3] and event[2] == wanted[2]:
            return place
        place += 1
    return -1
