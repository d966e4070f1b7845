"""Customers: contacts, FCR, ACR, conversion, revenue. (Contract 3; rulings 10, 17-21, 25.)"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from schemas.events import CallEnded, OrderPlaced, OrderRefunded
from schemas.scalars import DAY, HOUR, minor_units
from tests.oracle.agents import credited
from tests.oracle.definitions import conversion_days
from tests.oracle.facts import NONE, Fact, Labels, money
from tests.oracle.situation import D, Situation
from tests.oracle.tickets import Change, Ticket, is_customer_message

PHONE = "phone"


@dataclass(frozen=True)
class Contact:
    """A ticket created via=customer, a reopen, or a call; customer None if unknown."""

    customer: str | None
    time: int
    channel: str | None
    topic: str | None
    reopen: bool = False


class Customers:
    """What the customers did, over all their tickets, calls and orders."""

    def __init__(self, situation: Situation) -> None:
        self.situation = situation
        self.policy = situation.policy

    def facts(self) -> Iterator[Fact]:
        for contact in self.contacts:
            yield from self.contact_facts(contact)
        for ticket in self.situation.tickets:
            yield from self.first_contact_resolution(ticket)
            yield from self.active_contact_resolution(ticket)
        for call in self.situation.all(CallEnded):
            yield from self.call_resolution(call)
        yield from self.order_facts()

    # Contacts

    @cached_property
    def contacts(self) -> list[Contact]:
        """Return all contacts.

        Ruling 17: the customer is the one in force at the contact. Ruling 18: a call's channel
        is phone; it has no topic.
        """
        found = [
            Contact(call.data.customer, call.time, PHONE, None) for call in self.situation.calls
        ]
        for ticket in self.situation.tickets:
            if ticket.via == "customer" and not self.named_by_call(ticket):
                found.append(contact(ticket, ticket.created_at, reopen=False))
            found += [contact(ticket, reopen.time, reopen=True) for reopen in ticket.reopens]
        return found

    def named_by_call(self, ticket: Ticket) -> bool:
        """Return whether the creation is no further contact.

        A ticket created no more than 1 h before or after a `call.ended` of the same customer
        that names it is no further contact by its creation.
        """
        c = ticket.created_at
        return any(
            abs(call.time - c) <= HOUR and call.data.customer == ticket.carried("customer", c)
            for call in self.calls_by_ticket[ticket.subject]
        )

    @cached_property
    def calls_by_ticket(self) -> dict[str, list[CallEnded]]:
        calls: dict[str, list[CallEnded]] = defaultdict(list)
        for call in self.situation.all(CallEnded):
            if call.data.ticket is not None:
                calls[call.data.ticket].append(call)
        return calls

    @cached_property
    def contacts_by_customer(self) -> dict[str, list[Contact]]:
        """Ruling 18: a contact without a customer repeats nothing."""
        contacts: dict[str, list[Contact]] = defaultdict(list)
        for found in self.contacts:
            if found.customer is not None:
                contacts[found.customer].append(found)
        return contacts

    def contact_facts(self, contact: Contact) -> Iterator[Fact]:
        """Each contact but reopens; repeat: an earlier contact within N before.

        Ruling 19: any contact, reopens too, in [x-N, x).
        """
        if contact.reopen:
            return
        labels = {"channel": self.situation.label("channel", contact.channel)}
        yield Fact("contacts", contact.time, labels)
        since = contact.time - self.policy.repeat_contact.days * DAY
        if any(since <= other.time < contact.time for other in self.contacts_of(contact.customer)):
            yield Fact("contacts_repeat", contact.time, labels)

    def contacts_of(self, customer: str | None) -> Iterable[Contact]:
        return () if customer is None else self.contacts_by_customer[customer]

    def called_back(
        self, customer: str | None, after: int, until: int, own: Iterable[Change] = ()
    ) -> bool:
        """Return whether the customer made a contact in (after, until].

        Ruling 18: with an unknown customer own reopens only; own reopens always count.
        """
        return any(after < contact.time <= until for contact in self.contacts_of(customer)) or any(
            after < reopen.time <= until for reopen in own
        )

    # First contact resolution

    def first_contact_resolution(self, ticket: Ticket) -> Iterator[Fact]:
        """Eligible: via=customer, first solve s; dated s + N.

        Ruling 10: it carries the values in force at s. Other definitions judge at the standing
        solve.
        """
        if self.policy.definitions.fcr != "deskpulse":
            return
        if ticket.via != "customer" or not ticket.solves:
            return
        solve = ticket.solves[0]
        due = solve.time + self.policy.fcr.days * DAY
        labels = self.situation.labels(ticket, solve.time, *D)
        yield Fact("fcr_eligible", due, labels)
        if not self.came_back(ticket, solve) and not self.contacted_again(ticket, solve, due):
            yield Fact("fcr_resolved", due, labels)

    def came_back(self, ticket: Ticket, solve: Change) -> bool:
        """Return whether the customer wrote between the first answer and the first solve.

        The first answer is the first public message by an agent or bot. The rule is skipped for
        the session channels. Ruling 20: nobody answered before s: the rule holds.
        """
        if ticket.carried("channel", solve.time) in self.policy.fcr.session_channels:
            return False
        if ticket.first_answer is None:
            return False
        answered, _ = ticket.first_answer
        return any(is_customer_message(event) for event in ticket.events[answered : solve.place])

    def contacted_again(self, ticket: Ticket, solve: Change, due: int) -> bool:
        """Return whether a contact of the customer came in (s, s+N].

        `fcr.same_topic: true`: only those of the same topic, and own reopens. Ruling 18: unset
        topics are never the same.
        """
        customer = ticket.carried("customer", solve.time)
        if not self.policy.fcr.same_topic:
            return self.called_back(customer, solve.time, due, ticket.reopens)
        topic = ticket.carried("topic", solve.time)
        same = any(
            solve.time < contact.time <= due and topic is not None and contact.topic == topic
            for contact in self.contacts_of(customer)
        )
        return same or self.called_back(None, solve.time, due, ticket.reopens)

    # Active contact resolution

    def active_contact_resolution(self, ticket: Ticket) -> Iterator[Fact]:
        """Every episode touched by a human within it, first or third, ending at its solve."""
        for episode in ticket.episodes:
            if not ticket.touched_within(episode):
                continue
            end = episode.solve.time
            labels = self.situation.labels(ticket, end, *D)
            customer = ticket.carried("customer", end)
            agent = credited(ticket, episode.solve)
            yield from self.interaction(end, labels, customer, agent, ticket.reopens)

    def call_resolution(self, call: CallEnded) -> Iterator[Fact]:
        """A `call.ended` is an interaction that ends at its time."""
        labels = {
            "queue": self.situation.label("queue", call.data.queue),
            "channel": self.situation.label("channel", PHONE),
            "priority": NONE,
        }
        yield from self.interaction(call.time, labels, call.data.customer, call.data.agent, ())

    def interaction(
        self,
        end: int,
        labels: Labels,
        customer: str | None,
        agent: str | None,
        own: Iterable[Change],
    ) -> Iterator[Fact]:
        """Dated end + d; resolved: no contact of the customer in (end, end+d].

        Ruling 30: of agents, to whom the solve is credited, or the event's.
        """
        for days in self.policy.acr.days:
            due = end + days * DAY
            within = {"within": f"{days}d"}
            outcomes = ["eligible"]
            if not self.called_back(customer, end, due, own):
                outcomes.append("resolved")
            for outcome in outcomes:
                yield Fact(f"acr_{outcome}", due, {**labels, **within})
                if self.policy.agents.enabled and agent is not None:
                    credit = {"agent": self.situation.label("agent", agent)}
                    yield Fact(f"agent_acr_{outcome}", due, {**credit, **within})

    # Orders

    def order_facts(self) -> Iterator[Fact]:
        """Orders, refunds, and what of them is attributed to tickets."""
        converted: dict[str, int] = {}
        attributed = set()
        for order in self.situation.all(OrderPlaced):
            currency = order.data.currency
            amount = minor_units(order.data.amount, currency)
            yield Fact("orders", order.time, {"currency": currency})
            yield money("order_revenue", order.time, currency, amount)
            ticket = self.ticket_of(order)
            if ticket is None:
                continue
            attributed.add((order.data.customer, order.subject))
            yield money("revenue_attributed", order.time, currency, amount)
            if ticket.subject not in converted:
                converted[ticket.subject] = order.time
                labels = self.situation.labels(ticket, order.time, *D)
                yield Fact("tickets_converted", order.time, labels)
        for refund in self.situation.all(OrderRefunded):
            currency = refund.data.currency
            amount = minor_units(refund.data.amount, currency)
            yield money("order_refunds", refund.time, currency, amount)
            if (refund.data.customer, refund.data.order) in attributed:
                yield money("revenue_refunded", refund.time, currency, amount)

    def ticket_of(self, order: OrderPlaced) -> Ticket | None:
        """Return the ticket that an order is attributed to.

        Order by the same customer in (c, c+N], not before the ticket's first public agent or
        bot message; of all such tickets the one with the latest c. Ruling 21: same c: the
        greater subject; a ticket without such a message gets no order.
        """
        return max(
            (
                ticket
                for ticket in self.tickets_by_customer[order.data.customer]
                if ticket.created_at
                < order.time
                <= ticket.created_at + conversion_days(self.policy) * DAY
                and ticket.first_answer is not None
                and ticket.first_answer[1].time <= order.time
            ),
            key=lambda ticket: (ticket.created_at, ticket.subject),
            default=None,
        )

    @cached_property
    def tickets_by_customer(self) -> dict[str, list[Ticket]]:
        """Ruling 17: the customer is the one in force at c (conversion)."""
        tickets: dict[str, list[Ticket]] = defaultdict(list)
        for ticket in self.situation.tickets:
            customer = ticket.carried("customer", ticket.created_at)
            if customer is not None:
                tickets[customer].append(ticket)
        return tickets


def contact(ticket: Ticket, x: int, *, reopen: bool) -> Contact:
    """Return a ticket's contact at x, with the values in force then."""
    return Contact(
        ticket.carried("customer", x),
        x,
        ticket.carried("channel", x),
        ticket.carried("topic", x),
        reopen,
    )
