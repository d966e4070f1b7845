"""Attributes of a ticket: which value is in force when. (Contract 2; rulings 9, 11, 12.)"""

from dataclasses import dataclass

from msgspec import UNSET

from schemas.events import Event, TicketAssigned, TicketCreated, TicketUpdated

ATTRIBUTES = ("queue", "channel", "priority", "topic", "customer", "agent")


@dataclass(frozen=True)
class History:
    """The steps of one attribute: (instant, value), None where a null took the value away."""

    steps: list[tuple[int, str | None]]

    def in_force(self, x: int) -> str | None:
        """Ruling 9: the value after all events with time <= x, whatever their order.

        Ruling 11: SLA policies match this, raw values set by then, and never look forward.
        """
        value = None
        for time, step in self.steps:
            if time <= x:
                value = step
        return value

    def carried(self, x: int) -> str | None:
        """Return what a fact at x carries.

        The value in force at its time; if none was set by then, the first one set later; else
        none. Ruling 11: null that takes a value away is `none`, without looking forward.
        """
        if any(value is not None for time, value in self.steps if time <= x):
            return self.in_force(x)
        for _, value in self.steps:
            if value is not None:
                return value
        return None


def history(events: list[Event], attribute: str, created_at: int) -> History:
    """Return the steps of an attribute over a ticket's events, in their order.

    Ruling 12: steps of attributes earlier than the creation are taken at the creation.
    """
    steps = []
    for event in events:
        value = said(event, attribute)
        if value is not UNSET:
            assert value is None or isinstance(value, str)
            steps.append((max(event.time, created_at), value))
    return History(steps)


def said(event: Event, attribute: str) -> object:
    """Return what an event says about an attribute; UNSET if it says nothing.

    A later created event counts as updated. Ruling 4: null in an optional member is absent, but
    in `ticket.assigned` it means none.
    """
    match event:
        case TicketCreated() | TicketUpdated() if attribute != "agent":
            value = getattr(event.data, attribute)
            return UNSET if value is None else value
        case TicketAssigned() if attribute in ("agent", "queue"):
            return getattr(event.data, attribute)
        case _:
            return UNSET
