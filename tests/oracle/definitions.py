"""Definitions of other helpdesks, as they document them; `deskpulse` is the contract's own."""

from schemas.events import TicketMessage, TicketStatus
from schemas.policy import Policy
from tests.oracle.tickets import Ticket, is_customer_message


def is_one_touch(definition: str, ticket: Ticket) -> bool:
    """Zendesk: fewer than two replies. Its messaging: replied, never paused, never reopened."""
    replies = len(ticket.replies)
    match definition:
        case "zendesk":
            return replies < 2
        case "zendesk_messaging":
            paused = any(status in {"pending", "hold"} for _, status in ticket.statuses)
            return replies > 0 and not paused and not ticket.reopens
    return replies == 1 and ticket.via != "agent"


def is_first_contact(definition: str, ticket: Ticket) -> bool:
    """Return whether a resolved ticket was resolved at first contact.

    Freshservice: the customer wrote nothing more. Intercom: closed once, one agent took part.
    Zoho: exactly one reply.
    """
    match definition:
        case "freshservice":
            return not any(is_customer_message(event) for event in ticket.events)
        case "intercom":
            return not ticket.reopens and agents_taking_part(ticket) == 1
        case "zoho":
            return len(ticket.replies) == 1
    raise ValueError(definition)


def agents_taking_part(ticket: Ticket) -> int:
    """Return how many agents touched the ticket; those without a name are one among nobody."""
    touches = [ticket.events[place] for place in ticket.touches]
    named = {
        event.data.agent
        for event in touches
        if isinstance(event, TicketMessage | TicketStatus) and event.data.agent is not None
    }
    return len(named) or int(bool(touches))


def conversion_days(policy: Policy) -> int:
    """Gorgias: three days, whatever is configured."""
    return 3 if policy.definitions.conversion == "gorgias" else policy.conversion.days
