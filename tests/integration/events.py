"""Tickets near now, as a helpdesk would tell them."""

from collections.abc import Iterable
from time import time_ns
from typing import Any

from schemas.events import Event, TicketCreated, TicketMessage, TicketStatus
from schemas.scalars import HOUR, MINUTE, Milliseconds


def now() -> int:
    """Return the wall clock in milliseconds."""
    return time_ns() // 1_000_000


def event(of: type[Any], identity: str, time: int, subject: str, **data: object) -> Event:
    """Return an event of class `of`."""
    made: Event = of(
        specversion="1.0",
        id=identity,
        source="/desk",
        time=Milliseconds(time),
        subject=subject,
        data=of.__annotations__["data"](**data),
    )
    return made


def tickets(numbers: Iterable[int]) -> list[Event]:
    """Return the events of several tickets."""
    return [each for number in numbers for each in ticket(number)]


def ticket(number: int, time: int | None = None) -> list[Event]:
    """Return a ticket that was created, answered and solved within the last hours."""
    start = now() - 3 * HOUR + number if time is None else time
    subject = f"T{number}"
    return [
        event(TicketCreated, f"{subject}-1", start, subject, queue="tech", customer="ann"),
        event(TicketMessage, f"{subject}-2", start + MINUTE, subject, author="agent"),
        event(TicketStatus, f"{subject}-3", start + HOUR, subject, status="solved", by="agent"),
    ]
