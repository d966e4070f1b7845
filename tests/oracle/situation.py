"""What is known at t: the events that count, as tickets, surveys, calls and the rest."""

from collections import defaultdict
from collections.abc import Iterable
from typing import TypeVar

from schemas.events import (
    CallAbandoned,
    CallEnded,
    Event,
    SurveyAnswered,
    SurveySent,
    TicketCreated,
)
from schemas.policy import Policy
from tests.oracle.calendars import Calendars
from tests.oracle.facts import Labels, label
from tests.oracle.selection import entity, order, selected
from tests.oracle.tickets import Ticket, is_excluded

Survey = SurveySent | SurveyAnswered
Call = CallEnded | CallAbandoned
D = ("queue", "channel", "priority")
SomeEvent = TypeVar("SomeEvent", bound=Event)


class Situation:
    """S(t), the policy and t.

    A ticket counts if it has a created event and is not excluded. Ruling 14: surveys of an
    incomplete ticket count nowhere; an excluded ticket is not incomplete.
    """

    def __init__(self, events: Iterable[Event], policy: Policy, t: int) -> None:
        self.policy = policy
        self.t = t
        self.calendars = Calendars(policy)
        self.events = sorted(selected(events, t), key=order)
        self.tickets: list[Ticket] = []
        self.incomplete = 0
        for subject, members in self._entities("ticket").items():
            if is_excluded(members):
                continue
            if any(isinstance(event, TicketCreated) for event in members):
                self.tickets.append(Ticket(subject, members))
            else:
                self.incomplete += 1

    def _entities(self, kind: str) -> dict[str, list[Event]]:
        groups: dict[str, list[Event]] = defaultdict(list)
        for event in self.events:
            if entity(event)[0] == kind:
                groups[entity(event)[1]].append(event)
        return groups

    def all(self, kind: type[SomeEvent]) -> list[SomeEvent]:
        """Return the events of a type, in order."""
        return [event for event in self.events if isinstance(event, kind)]

    @property
    def calls(self) -> list[Call]:
        return [event for event in self.events if isinstance(event, CallEnded | CallAbandoned)]

    def surveys(self) -> list[tuple[Ticket | None, list[Survey]]]:
        """Return the events of each survey with its ticket.

        Ruling 26: a survey is (entity, subject, kind). A survey that names a ticket belongs to
        that ticket's entity.
        """
        groups: dict[tuple[str, str, str, str], list[Survey]] = defaultdict(list)
        for event in self.events:
            if isinstance(event, SurveySent | SurveyAnswered):
                groups[*entity(event), event.subject, event.data.kind].append(event)
        tickets = {ticket.subject: ticket for ticket in self.tickets}
        found: list[tuple[Ticket | None, list[Survey]]] = []
        for (kind, key, _, _), members in groups.items():
            if kind == "survey":
                found.append((None, members))
            elif key in tickets:
                found.append((tickets[key], members))
        return found

    def labels(self, ticket: Ticket, x: int, *dimensions: str) -> Labels:
        """Return the labels that a ticket's fact dated x carries."""
        return {name: self.label(name, ticket.carried(name, x)) for name in dimensions}

    def label(self, dimension: str, value: str | None) -> str:
        return label(self.policy, dimension, value)
