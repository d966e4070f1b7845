"""One partition: its entities, and what they say to the sums."""

import heapq
from collections.abc import Iterator, Sequence
from typing import Any, Final, NamedTuple

from streams.engine.changes import Changes
from streams.engine.open_tickets import OpenTickets
from streams.engine.store import (
    APPENDED,
    SEPARATOR,
    UNCHANGED,
    Applied,
    Entity,
    Store,
    record_key,
    until,
)
from streams.entities import stored
from streams.entities.business import business_facts
from streams.entities.customer import customer_facts
from streams.entities.rules import Rules
from streams.entities.statement import decode as decode_statement
from streams.entities.statement import encode as encode_statement
from streams.entities.stored import Stored
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
CLOCK: Final = "clock"
CUSTOMER: Final = "customer"

BEFORE_ALL: Final = -(1 << 60)


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
        self._store = Store(number)
        self._outbox: dict[Entity, bytes | None] = {}
        # Statements of events up to here have been handed on before a recovery.
        self._said_until: int = BEFORE_ALL
        # Customers forget what they were told, so all has to be said again: to be written down.
        self._unheard: bool = False
        self._held: list[tuple[int, str, str]] = []
        self._to_derive: list[Entity] | None = None
        self._to_examine: list[Entity] = []

    def recover(self, key: bytes, value: bytes | None) -> None:
        """Take one record of the changelog, in its order. Raises StateError."""
        kind, _, name = key.decode().partition(SEPARATOR)
        if kind == CLOCK and value is not None and value[:1] == stored.VERSION:
            self._said_until = int.from_bytes(value[1:], "big", signed=True)
        else:
            self._store.restore(kind, name, value)

    def gather(self, events: Sequence[Any]) -> Applied:
        """Add events without deriving anything yet, as `recover` does."""
        store = self._store
        for (kind, key), news in store.groups(events).items():
            store.insert(kind, key, store.events(kind, key), news)
        return store.counts()

    def derive(self, now: int, at_most: int) -> bool:
        """Derive the facts of some recovered or gathered entities; True when all are derived.

        All of them as they are at `now` of the first call. Raises StateError for a damaged
        entity.
        """
        waiting = self._to_derive
        if waiting is None:
            if not self._rules.wants_customers:
                self._store.forget_statements()
                self._unheard = self._said_until != BEFORE_ALL
            waiting = self._entities_but_customers()
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
            events = self._store.events(kind, key)
            self._hold(kind, key, events)
            if kind == TICKET:
                self._derive_ticket(key, events)
            else:
                self._settle(kind, key, nothing, until(events, self._t))
        return not waiting

    def apply(self, events: Sequence[Any], now: int) -> Applied:
        """Add events at time `now`; the same set of events gives the same state in any order."""
        self.advance(now)
        for (kind, key), news in self._store.groups(events).items():
            self._add(kind, key, news)
        return self._store.counts()

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
            events = self._store.events(kind, key)
            self._settle(kind, key, until(events, before), until(events, t))

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
                self._store.state(customer, one.ticket, one.statement)
            self.changes.replace(before, self._customer_facts(customer, self._t))

    def checkpoint(self) -> list[tuple[bytes, bytes | None]]:
        """Return the changelog records of all entities changed since the last call.

        They belong into one transaction with what `outbox` holds; ask for that afterwards.
        """
        records = self._store.records()
        if records or self._outbox or self._unheard:
            self._unheard = False
            # Without statements nothing has been said: they are all to come once they are wanted.
            said_until = self._t if self._rules.wants_customers else BEFORE_ALL
            clock = stored.VERSION + said_until.to_bytes(8, "big", signed=True)
            records.append((record_key(CLOCK, ""), clock))
        return records

    def evict(self, before: int, at_most: int) -> int:
        """Examine some entities, and forget those whose events are all older than `before`.

        So must be the days of a cost. Unresolved tickets, orders (a customer's revenue is
        all-time) and channels stay. Returns how many were forgotten; their tombstones come with
        the next checkpoint.
        """
        if not self._to_examine:
            self._to_examine = [(kind, key) for kind, b in self._store.bodies.items() for key in b]
        forgotten = 0
        nothing: list[Stored] = []
        for _ in range(min(at_most, len(self._to_examine))):
            kind, key = self._to_examine.pop()
            if kind in (ORDERS, CHANNEL) or (kind == TICKET and key in self.open_tickets.rows):
                continue
            events = self._store.events(kind, key)
            if not events or self._last_date(kind, events) >= before:
                continue
            facts = self._customer_facts(key, self._t) if kind == CALLS else []
            self._store.forget(kind, key)
            if kind == CALLS:
                self.changes.replace(facts, self._customer_facts(key, self._t))
            else:
                self._settle(kind, key, events, nothing)
            forgotten += 1
        return forgotten

    def withdraw(self) -> None:
        """Take all facts of this partition back from the sums."""
        nothing: list[Stored] = []
        for kind, key in self._entities_but_customers():
            self._settle(kind, key, until(self._store.events(kind, key), self._t), nothing)
        for customer in self._customers():
            self.changes.replace(self._customer_facts(customer, self._t), [])

    def newest_times(self) -> Iterator[int]:
        """Yield the time of the newest event of each entity."""
        for kind, bodies in self._store.bodies.items():
            for key in bodies:
                events = self._store.events(kind, key)
                yield events[len(events) - 1][0]

    def entities(self) -> dict[str, int]:
        """Return the number of entities by kind."""
        return {kind: len(bodies) for kind, bodies in self._store.bodies.items()}

    def channels(self) -> dict[str, list[tuple[int, bool]]]:
        """Return by channel when it became available, or not, until t."""
        found: dict[str, list[tuple[int, bool]]] = {}
        for channel in self._store.bodies.get(CHANNEL, {}):
            events = until(self._store.events(CHANNEL, channel), self._t)
            if events:
                found[channel] = [(event[0], stored.data_of(event).available) for event in events]
        return found

    def _entities_but_customers(self) -> list[Entity]:
        bodies = self._store.bodies
        kinds = [kind for kind in bodies if kind not in (CALLS, ORDERS)]
        return [(kind, key) for kind in kinds for key in bodies[kind]]

    def _last_date(self, kind: str, events: list[Stored]) -> int:
        """Return the date of the last event, or of the last day of a cost if that is later."""
        last = events[len(events) - 1][0]
        if kind == COST:
            for fact in business_facts(self._rules, kind, events):
                last = max(last, fact[1])
        return last

    def _add(self, kind: str, key: str, news: list[Stored]) -> None:
        """Add events to one entity and hand on the difference of its facts."""
        store = self._store
        events = store.events(kind, key)
        if kind in (CALLS, ORDERS):
            facts = self._customer_facts(key, self._t)
            if store.insert(kind, key, events, news) != UNCHANGED:
                self._hold(kind, key, events)
                self.changes.replace(facts, self._customer_facts(key, self._t))
            return
        known = len(events)
        before = list(until(events, self._t))
        outcome = store.insert(kind, key, events, news)
        if outcome == UNCHANGED:
            return
        self._hold(kind, key, events)
        after = until(events, self._t)
        ticket: Ticket | None = None
        if kind == TICKET and outcome == APPENDED and len(before) == known:
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

    def _derive_ticket(self, key: str, events: list[Stored]) -> None:
        """Hand on all facts of a ticket, and what it has come to say since it was handed on."""
        known = until(events, self._t)
        ticket = build(known)
        meaning = ticket_meaning(self._rules, ticket)
        self._count_incomplete(known, ticket, 1)
        self.changes.replace([], meaning.facts)
        self._say(key, self._said_before(events, meaning), meaning)
        self._show(key, ticket, meaning)

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

    def _said_before(self, events: list[Stored], now: Meaning) -> Meaning:
        """Return what a recovered ticket meant when its statements were last handed on.

        An event that came due while nobody held the ticket may also take a statement back.
        """
        if events[len(events) - 1][0] <= self._said_until:
            return now
        return ticket_meaning(self._rules, build(until(events, self._said_until)))

    def _customers(self) -> set[str]:
        store = self._store
        calls, orders = store.bodies.get(CALLS, {}), store.bodies.get(ORDERS, {})
        return {*store.statements, *calls, *orders}

    def _customer_facts(self, customer: str, t: int) -> list[Row]:
        """Return what is known of a customer at t."""
        store = self._store
        calls = until(store.events(CALLS, customer), t)
        orders = until(store.events(ORDERS, customer), t)
        statements = {
            ticket: decode_statement(statement)
            for ticket, statement in store.statements.get(customer, {}).items()
        }
        return customer_facts(self._rules, customer, statements, calls, orders)

    def _hold_of_customer(self, customer: str) -> None:
        for kind in (CALLS, ORDERS):
            self._hold(kind, customer, self._store.events(kind, customer))

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
        if events and events[len(events) - 1][0] > self._t:
            for event in events:
                if event[0] > self._t:
                    heapq.heappush(self._held, (event[0], kind, key))
