"""What a ticket says about a customer: contacts, first solve, interactions, a possible sale.

One statement a (customer, ticket), the whole of it each time, so the last one counts. It holds
what happened, in the values as they were given: what follows from it is the policy's affair.
(Contract 2; 3; 7, rulings 17-21.)
"""

import msgspec

from streams.entities.attributes import (
    CHANNEL,
    CUSTOMER,
    PRIORITY,
    QUEUE,
    TOPIC,
    Line,
    label_at,
)
from streams.entities.stored import StateError
from streams.entities.ticket import NEVER, Ticket


class Contact(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A creation by the customer, or a reopen."""

    time: int
    channel: str | None
    topic: str | None
    reopen: bool


class FirstSolve(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """The first solve of a ticket that the customer created."""

    time: int
    queue: str | None
    channel: str | None
    priority: str | None
    topic: str | None
    came_back: bool  # the customer wrote again between the first answer and the solve
    next_reopen: int | None


class Interaction(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """An episode that somebody touched, at its end."""

    time: int
    queue: str | None
    channel: str | None
    priority: str | None
    agent: str | None
    next_reopen: int | None


class Sale(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A ticket that an order may be credited to; the lines give the labels at the order."""

    created: int
    answered: int
    queue: Line
    channel: Line
    priority: Line


class Statement(msgspec.Struct, frozen=True, array_like=True):
    """All that one ticket says about one customer."""

    contacts: list[Contact] = []
    first_solve: FirstSolve | None = None
    interactions: list[Interaction] = []
    sale: Sale | None = None


encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Statement).decode


def decode(body: bytes) -> Statement:
    """Return an encoded statement. Raises StateError."""
    try:
        return _decode(body)
    except msgspec.MsgspecError as error:
        raise StateError(f"damaged statement: {error}") from error


class Draft:
    """A statement that grows."""

    def __init__(self) -> None:
        self.contacts: list[Contact] = []
        self.first_solve: FirstSolve | None = None
        self.interactions: list[Interaction] = []
        self.sale: Sale | None = None

    def statement(self) -> Statement:
        """Return what was drafted."""
        return Statement(self.contacts, self.first_solve, self.interactions, self.sale)


def statements(ticket: Ticket | None) -> dict[str | None, Statement]:
    """Return a ticket's statements by customer; None: the customer is not known."""
    drafts: dict[str | None, Draft] = {}
    if ticket is None or ticket.excluded:
        return {}
    lines = ticket.lines
    queues, channels, priorities = lines[QUEUE], lines[CHANNEL], lines[PRIORITY]
    at = ticket.created
    if ticket.via_customer:
        _draft(drafts, ticket, at).contacts.append(_contact(ticket, at, False))
    for at in ticket.reopens:
        _draft(drafts, ticket, at).contacts.append(_contact(ticket, at, True))
    if ticket.solves and ticket.via_customer:
        at = ticket.solves[0]
        _draft(drafts, ticket, at).first_solve = FirstSolve(
            at,
            label_at(queues, at),
            label_at(channels, at),
            label_at(priorities, at),
            label_at(lines[TOPIC], at),
            ticket.came_back,
            _next_reopen(ticket, at),
        )
    for number, at in enumerate(ticket.solves):
        if ticket.solves_touched[number]:
            interaction = Interaction(
                at,
                label_at(queues, at),
                label_at(channels, at),
                label_at(priorities, at),
                ticket.credited(number),
                _next_reopen(ticket, at),
            )
            _draft(drafts, ticket, at).interactions.append(interaction)
    if ticket.first_answer != NEVER:
        at = ticket.created
        # Copies: the ticket goes on.
        sale = Sale(at, ticket.first_answer, list(queues), list(channels), list(priorities))
        _draft(drafts, ticket, at).sale = sale
    return {customer: draft.statement() for customer, draft in drafts.items()}


def _draft(drafts: dict[str | None, Draft], ticket: Ticket, at: int) -> Draft:
    customer = label_at(ticket.lines[CUSTOMER], at)
    draft = drafts.get(customer)
    if draft is None:
        draft = drafts[customer] = Draft()
    return draft


def _contact(ticket: Ticket, at: int, reopen: bool) -> Contact:
    lines = ticket.lines
    return Contact(at, label_at(lines[CHANNEL], at), label_at(lines[TOPIC], at), reopen)


def _next_reopen(ticket: Ticket, after: int) -> int | None:
    at = ticket.next_reopen(after)
    return None if at == NEVER else at
