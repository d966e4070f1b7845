"""A customer over many tickets, calls and orders: contacts, call-backs, sales, retention.

(Contract 2; 3; 7, rulings 10, 17-21, 25, 27.) What a ticket says of nobody known is judged by
its own reopens only.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from schemas.events import CallEndedData
from schemas.scalars import DAY, HOUR, minor_units
from streams.clocks.calendar import FOREVER
from streams.entities.attributes import label_at
from streams.entities.rules import Rules
from streams.entities.statement import FirstSolve, Sale, Statement
from streams.entities.stored import CALL_ENDED as CALL_ENDED_EVENT
from streams.entities.stored import ORDER_PLACED, Stored, data_of
from streams.facts.facts import (
    AGENT_INTERACTION,
    ATTRIBUTED,
    ATTRIBUTED_REFUND,
    CALL,
    CALL_ENDED,
    CONTACT,
    CONVERTED,
    CUSTOMER,
    FIRST_CONTACT,
    INTERACTION,
    NET_REVENUE,
    ORDER,
    REFUND,
    RETAINED,
    RETENTION_BASE,
    RETENTION_DAYS,
    Row,
)
from streams.facts.vocabulary import NONE

PHONE: Final = "phone"
# A call and the ticket that it names are one contact if they are no further apart.
SAME_CONTACT: Final = HOUR

Intervals = list[tuple[int, int]]


class Contacts:
    """All contacts of a customer, in order of time."""

    def __init__(self, contacts: Iterable[tuple[int, str | None]]) -> None:
        self.times = sorted(time for time, _ in contacts)
        self.by_topic: dict[str, list[int]] = {}
        for time, topic in contacts:
            if topic is not None:
                self.by_topic.setdefault(topic, []).append(time)
        for times in self.by_topic.values():
            times.sort()

    def next_after(self, time: int) -> int:
        """Return the first contact after an instant, or FOREVER."""
        return _next(self.times, time)

    def next_of_topic(self, time: int, topic: str | None) -> int:
        """Return the first contact of a topic after an instant; unset topics never match."""
        return FOREVER if topic is None else _next(self.by_topic.get(topic, []), time)

    def is_repeat(self, time: int, span: int) -> bool:
        """Return whether there was a contact in [time - span, time)."""
        return bisect_left(self.times, time - span) < bisect_left(self.times, time)


NOBODY: Final = Contacts(())


def _next(times: Sequence[int], after: int) -> int:
    at = bisect_right(times, after)
    return times[at] if at < len(times) else FOREVER


def unknown_customer_facts(rules: Rules, statement: Statement, out: list[Row]) -> None:
    """Append what a ticket says of a customer that it does not name."""
    for contact in statement.contacts:
        if not contact.reopen:
            out.append(_contact(rules, NOBODY, contact.time, contact.channel))
    solve_facts(rules, statement, NOBODY, out)


def customer_facts(
    rules: Rules,
    customer: str,
    statements: Mapping[str, Statement],
    calls: Sequence[Stored],
    orders: Sequence[Stored],
) -> list[Row]:
    """Return the facts of a customer, from what tickets say and the calls and orders themselves.

    `statements` by ticket. An abandoned call whose customer is not known lies under its own
    subject, as if that were a customer.
    """
    out: list[Row] = []
    calls_data = [(event, data_of(event)) for event in calls]
    named = _calls_naming(calls_data)
    found: list[tuple[int, str | None]] = [
        (event[0], None) for event, data in calls_data if data.customer == customer
    ]
    creations: list[tuple[int, str | None]] = []
    for ticket, statement in statements.items():
        for contact in statement.contacts:
            if not contact.reopen:
                if _is_near(named.get(ticket, ()), contact.time):
                    continue
                creations.append((contact.time, contact.channel))
            found.append((contact.time, contact.topic))
    contacts = Contacts(found)
    for time, channel in creations:
        out.append(_contact(rules, contacts, time, channel))
    for statement in statements.values():
        solve_facts(rules, statement, contacts, out)
    for event, data in calls_data:
        known = contacts if data.customer == customer else NOBODY
        out.append(_contact(rules, known, event[0], PHONE))
        call_facts(rules, event, data, known, out)
    if orders:
        order_facts(rules, statements, orders, out)
    return out


def _calls_naming(calls: Iterable[tuple[Stored, Any]]) -> dict[str, list[int]]:
    named: dict[str, list[int]] = {}
    for event, data in calls:
        if event[4] == CALL_ENDED_EVENT and data.ticket is not None:
            named.setdefault(data.ticket, []).append(event[0])
    return named


def _is_near(times: Iterable[int], at: int) -> bool:
    return any(abs(time - at) <= SAME_CONTACT for time in times)


def _contact(rules: Rules, contacts: Contacts, time: int, channel: str | None) -> Row:
    repeat = int(contacts.is_repeat(time, rules.repeat_span))
    return (CONTACT, time, rules.channel.code(channel), repeat)


def solve_facts(rules: Rules, statement: Statement, contacts: Contacts, out: list[Row]) -> None:
    """Append first contact resolution and the interactions of a ticket."""
    solve = statement.first_solve
    if solve is not None:
        out.append(
            (
                FIRST_CONTACT,
                solve.time,
                rules.queue.code(solve.queue),
                rules.channel.code(solve.channel),
                rules.priority.code(solve.priority),
                int(is_resolved_at_first_contact(rules, solve, contacts)),
            )
        )
    for end in statement.interactions:
        again = contacts.next_after(end.time)
        if end.next_reopen is not None:
            again = min(again, end.next_reopen)
        labels = (
            rules.queue.code(end.queue),
            rules.channel.code(end.channel),
            rules.priority.code(end.priority),
        )
        interaction_facts(rules, end.time, labels, end.agent, again, out)


def interaction_facts(
    rules: Rules,
    end: int,
    labels: tuple[int, int, int],
    agent: str | None,
    again: int,
    out: list[Row],
) -> None:
    """Append an interaction and how long it was until the customer came back, at `again`.

    A gap longer than any that is asked for is told as just longer.
    """
    gap = min(again - end, rules.acr_span + 1)
    queue, channel, priority = labels
    out.append((INTERACTION, end, queue, channel, priority, gap))
    if rules.with_agents and agent is not None:
        out.append((AGENT_INTERACTION, end, rules.agent.code(agent), gap))


def is_resolved_at_first_contact(rules: Rules, solve: FirstSolve, contacts: Contacts) -> bool:
    """Return whether the customer had no reason to come back within `fcr.days`.

    Not resolved: the customer wrote between the first answer and the solve (but for session
    channels), or made a contact in (s, s + N]: with `fcr.same_topic` one of the same topic, and
    own reopens always.
    """
    if solve.came_back and solve.channel not in rules.session_channels:
        return False
    if rules.same_topic:
        again = contacts.next_of_topic(solve.time, solve.topic)
    else:
        again = contacts.next_after(solve.time)
    if solve.next_reopen is not None:
        again = min(again, solve.next_reopen)
    return again > solve.time + rules.fcr_span


def call_facts(rules: Rules, event: Stored, data: Any, contacts: Contacts, out: list[Row]) -> None:
    """Append a call; one that was answered is an interaction that ends at its time."""
    time = event[0]
    queue = rules.queue.code(data.queue)
    if not isinstance(data, CallEndedData):
        out.append((CALL, time, queue, 1))
        return
    out.append((CALL, time, queue, 0))
    handle = data.talk_seconds + (data.hold_seconds or 0) + (data.wrap_seconds or 0)
    out.append((CALL_ENDED, time, queue, int(handle), int(data.wait_seconds)))
    labels = (queue, rules.channel.code(PHONE), NONE)
    interaction_facts(rules, time, labels, data.agent, contacts.next_after(time), out)


def order_facts(
    rules: Rules, statements: Mapping[str, Statement], orders: Sequence[Stored], out: list[Row]
) -> None:
    """Append orders, refunds, what of them is credited to tickets, and retention."""
    sales = sorted(
        ((s.sale.created, ticket, s.sale) for ticket, s in statements.items() if s.sale),
        key=lambda sale: sale[:2],
        reverse=True,
    )
    converted: set[str] = set()
    attributed: set[str] = set()
    times: list[int] = []
    refunds: list[tuple[int, int, int, str]] = []
    for event in orders:
        data = data_of(event)
        time = event[0]
        currency = rules.currency.code(data.currency)
        amount = minor_units(data.amount, data.currency)
        if event[4] != ORDER_PLACED:
            refunds.append((time, currency, amount, data.order))
            continue
        times.append(time)
        out.append((ORDER, time, currency, amount))
        out.append((NET_REVENUE, time, currency, amount))
        credit = _credited(rules, sales, time)
        if credit is None:
            continue
        ticket, sale = credit
        attributed.add(event[6] or "")
        out.append((ATTRIBUTED, time, currency, amount))
        if ticket not in converted:
            converted.add(ticket)
            queue = rules.queue.code(label_at(sale.queue, time))
            channel = rules.channel.code(label_at(sale.channel, time))
            priority = rules.priority.code(label_at(sale.priority, time))
            out.append((CONVERTED, time, queue, channel, priority))
    for time, currency, amount, order in refunds:
        out.append((REFUND, time, currency, amount))
        out.append((NET_REVENUE, time, currency, -amount))
        if order in attributed:
            out.append((ATTRIBUTED_REFUND, time, currency, amount))
    if times:
        out.append((CUSTOMER, times[0], 1))
        retention_facts(times, out)


def _credited(
    rules: Rules, sales: Sequence[tuple[int, str, Sale]], time: int
) -> tuple[str, Sale] | None:
    """Return the newest ticket created in [time - N, time) that was answered by then."""
    for created, ticket, sale in sales:
        if created < time - rules.conversion_span:
            return None
        if created < time and sale.answered <= time:
            return ticket, sale
    return None


def retention_facts(times: Sequence[int], out: list[Row]) -> None:
    """Append when a customer enters and leaves the base and the retained of each period P.

    In the base: an order in (t-2P, t-P]. Retained: also one in (t-P, t].
    """
    for period, days in enumerate(RETENTION_DAYS):
        span = days * DAY
        base = united([(time + span, time + 2 * span) for time in times])
        recent = united([(time, time + span) for time in times])
        _steps(RETENTION_BASE, period, base, out)
        _steps(RETAINED, period, intersected(base, recent), out)


def _steps(fact: int, period: int, intervals: Intervals, out: list[Row]) -> None:
    for begin, end in intervals:
        out.append((fact, begin, period, 1))
        out.append((fact, end, period, -1))


def united(intervals: Intervals) -> Intervals:
    """Return the union of half-open intervals that are sorted by their begin."""
    found: Intervals = []
    for begin, end in intervals:
        if found and begin <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((begin, end))
    return found


def intersected(first: Intervals, second: Intervals) -> Intervals:
    """Return what two sorted lists of disjoint half-open intervals have in common."""
    found: Intervals = []
    i = j = 0
    while i < len(first) and j < len(second):
        begin = max(first[i][0], second[j][0])
        end = min(first[i][1], second[j][1])
        if begin < end:
            found.append((begin, end))
        if first[i][1] < second[j][1]:
            i += 1
        else:
            j += 1
    return found
