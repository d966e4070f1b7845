"""Tickets that miss the deadline of their SLA: how it comes about, and what has to be told."""

from collections.abc import Iterable, Sequence
from typing import Final

from schemas.events import Event, TicketCreated, TicketMessage, TicketStatus
from schemas.policy import Policy
from schemas.scalars import MINUTE, SECOND
from tests.end_to_end.stack import Stack
from tests.integration.comparison import worked_out
from tests.integration.events import event, now

TITLE: Final = "Tickets are past their SLA's deadline."
ACT_NOW: Final = f"Act now: {TITLE}"
OVER: Final = f"Over: {TITLE}"
# Who is called, and who can answer.
CHANNELS: Final = ("#on-call", "#support-tech")

QUEUE: Final = "tech"
SLA: Final = "urgent"
FIRST_RESPONSE: Final = 15 * MINUTE
# Until then everything is sent and applied.
AHEAD: Final = 3 * SECOND


async def let_be_overdue(stack: Stack, *waves: Iterable[int]) -> set[str]:
    """Send waves of tickets that are due in some seconds; return what is to be told then."""
    deadline = now() + AHEAD
    for wave in waves:
        await stack.send(urgent_tickets(deadline, wave))
    policy = stack.site.settings.policy
    assert facts(stack.events, policy, deadline - 1) == set()
    told = facts(stack.events, policy, deadline)
    assert told
    return told


def facts(events: Sequence[Event], policy: Policy, at: int) -> set[str]:
    """Return what there is to tell of a queue and an SLA at an instant, by the oracle."""
    numbers: dict[str, int] = {}
    for (name, labels), value in worked_out(events, policy, at).items():
        own = dict(labels)
        if name == "helpdesk_sla_overdue" and (own["queue"], own["sla"]) == (QUEUE, SLA):
            numbers[own["target"]] = numbers.get(own["target"], 0) + int(value)
    return {
        f"{number} ticket(s) of queue {QUEUE} are past the {target} deadline of SLA {SLA} "
        "and still wait."
        for target, number in numbers.items()
    }


def urgent_tickets(deadline: int, numbers: Iterable[int]) -> list[Event]:
    """Return tickets whose first response is due at an instant, and some that are none of them.

    One was answered in time, one is of another queue, one is less urgent, one is solved.
    """
    time = deadline - FIRST_RESPONSE
    urgent = {"queue": QUEUE, "priority": "urgent"}
    return [
        *(opened(f"urgent-{number}", time, **urgent) for number in numbers),
        opened("answered", time, **urgent),
        answer("answered", time + MINUTE),
        opened("elsewhere", time, queue="billing", priority="urgent"),
        answer("elsewhere", time + MINUTE),
        opened("normal", time, queue=QUEUE, priority="normal"),
        opened("solved", time, **urgent),
        event(TicketStatus, "solved-2", time + MINUTE, "solved", status="solved", by="agent"),
    ]


def answers(numbers: Iterable[int]) -> list[Event]:
    """Return the first responses that the urgent tickets waited for."""
    return [answer(f"urgent-{number}", now()) for number in numbers]


def opened(subject: str, time: int, **data: object) -> Event:
    """Return the creation of a ticket."""
    return event(TicketCreated, f"{subject}-1", time, subject, customer=f"of {subject}", **data)


def answer(subject: str, time: int) -> Event:
    """Return the reply of an agent."""
    return event(TicketMessage, f"{subject}-2", time, subject, author="agent", agent="ann")
