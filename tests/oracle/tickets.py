"""The story of one ticket: its events in order and what happened in them. (Contract 2.)"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from schemas.events import (
    Event,
    SurveyAnswered,
    SurveySent,
    TicketCreated,
    TicketDeleted,
    TicketEscalated,
    TicketHandoff,
    TicketMerged,
    TicketMessage,
    TicketRestored,
    TicketSpam,
    TicketStatus,
    TicketUpdated,
)
from tests.oracle.attributes import ATTRIBUTES, History, history, said
from tests.oracle.selection import order

RESOLVED = ("solved", "closed")


@dataclass(frozen=True)
class Change:
    """A solve or a reopen: its place in the ticket's order and the event that made it."""

    place: int
    event: TicketStatus

    @property
    def time(self) -> int:
        return self.event.time


@dataclass(frozen=True)
class Episode:
    """From creation or reopen to the next solve, both ends included. (Ruling 16.)"""

    begin: int
    solve: Change


@dataclass(frozen=True)
class Waiting:
    """A customer who waits for a reply. `end` and `reply` are None while it lasts."""

    start: int
    since_creation: bool
    end: int | None = None
    reply: TicketMessage | None = None


@dataclass(frozen=True)
class Transfer:
    """A change of agent or queue after the first human touch."""

    time: int
    kind: str


class Ticket:
    """A ticket that was created: its events in order, the created event first.

    Order within a ticket: `ticket.created` first (the earliest, if several; the others count as
    updated), then by (time, sequence, source, id).
    """

    def __init__(self, subject: str, events: Iterable[Event]) -> None:
        ordered = sorted(events, key=order)
        created = next(event for event in ordered if isinstance(event, TicketCreated))
        self.subject = subject
        self.created = created
        self.surveys = [
            event for event in ordered if isinstance(event, SurveySent | SurveyAnswered)
        ]
        self.events: list[Event] = [
            created,
            *(
                event
                for event in ordered
                if event is not created and not isinstance(event, SurveySent | SurveyAnswered)
            ),
        ]
        self.attributes: dict[str, History] = {
            name: history(self.events, name, created.time) for name in ATTRIBUTES
        }

    @property
    def created_at(self) -> int:
        """Return c, the time of creation."""
        return self.created.time

    @property
    def via(self) -> str:
        """Default customer. Ruling 8: of a later created event via and bot are ignored."""
        return self.created.data.via or "customer"

    def carried(self, attribute: str, x: int) -> str | None:
        """Return the value of an attribute that a fact at x carries."""
        return self.attributes[attribute].carried(x)

    # Status

    @cached_property
    def statuses(self) -> list[tuple[int, str]]:
        """Return the steps of the status: `new` from creation.

        Ruling 12: steps of status earlier than the creation are taken at the creation.
        """
        changes = [event for event in self.events if isinstance(event, TicketStatus)]
        return [
            (self.created_at, "new"),
            *((max(event.time, self.created_at), event.data.status) for event in changes),
        ]

    @property
    def status(self) -> str:
        """Return the status after all events."""
        return self.statuses[-1][1]

    @property
    def unresolved(self) -> bool:
        return self.status not in RESOLVED

    @cached_property
    def solves(self) -> list[Change]:
        """Solve: unresolved -> resolved."""
        return [change for change, solved in self._turns() if solved]

    @cached_property
    def reopens(self) -> list[Change]:
        """Reopen: resolved -> unresolved."""
        return [change for change, solved in self._turns() if not solved]

    def _turns(self) -> list[tuple[Change, bool]]:
        turns, resolved = [], False
        for place, event in enumerate(self.events):
            if isinstance(event, TicketStatus):
                now = event.data.status in RESOLVED
                if now != resolved:
                    turns.append((Change(place, event), now))
                resolved = now
        return turns

    @property
    def standing_solve(self) -> Change | None:
        """The last solve, if no reopen follows it by t."""
        return None if self.unresolved else self.solves[-1]

    @cached_property
    def episodes(self) -> list[Episode]:
        """Return the finished episodes: from creation or reopen to the next solve."""
        begins = [0, *(reopen.place for reopen in self.reopens)]
        return [Episode(begin, solve) for begin, solve in zip(begins, self.solves, strict=False)]

    def spans(self, statuses: Iterable[str], until: int) -> list[tuple[int, int]]:
        """Return the spans of time in some statuses, from creation to `until`."""
        wanted = set(statuses)
        ends = [time for time, _ in self.statuses[1:]] + [until]
        return [
            (begin, min(end, until))
            for (begin, status), end in zip(self.statuses, ends, strict=True)
            if status in wanted and begin < min(end, until)
        ]

    # Messages

    @cached_property
    def replies(self) -> list[TicketMessage]:
        """Reply: a public message whose author is `agent`."""
        return [
            event for event in self.events if isinstance(event, TicketMessage) and is_reply(event)
        ]

    @property
    def first_reply(self) -> TicketMessage | None:
        return self.replies[0] if self.replies else None

    @property
    def customer_messages(self) -> int:
        """Public customer messages, the creation via=customer included."""
        written = sum(is_customer_message(event) for event in self.events)
        return written + (self.via == "customer")

    @property
    def first_answer(self) -> tuple[int, Event] | None:
        """Return place and event of the first public message by an agent or a bot."""
        for place, event in enumerate(self.events):
            if is_answer(event):
                return place, event
        return None

    @cached_property
    def waitings(self) -> list[Waiting]:
        """Return all waitings.

        A waiting starts at creation (via=customer), at the first public customer message while
        unresolved and not waiting, and at a reopen if a public customer message came since the
        solve and no reply since that message. It ends at a reply or at a solve.
        """
        found: list[Waiting] = []
        waiting = Waiting(self.created_at, True) if self.via == "customer" else None
        resolved = False
        unanswered_since_solve = False
        for event in self.events:
            if isinstance(event, TicketMessage) and is_reply(event):
                unanswered_since_solve = False
                if waiting:
                    found.append(Waiting(waiting.start, waiting.since_creation, event.time, event))
                    waiting = None
            elif is_customer_message(event):
                if resolved:
                    unanswered_since_solve = True
                elif not waiting:
                    waiting = Waiting(event.time, False)
            elif isinstance(event, TicketStatus):
                now = event.data.status in RESOLVED
                if now and not resolved:
                    unanswered_since_solve = False
                    if waiting:
                        found.append(Waiting(waiting.start, waiting.since_creation, event.time))
                        waiting = None
                if resolved and not now and unanswered_since_solve:
                    waiting = Waiting(event.time, False)
                resolved = now
        return [*found, waiting] if waiting else found

    @property
    def waiting(self) -> Waiting | None:
        """Return the waiting that lasts after all events."""
        last = self.waitings[-1] if self.waitings else None
        return last if last and last.end is None else None

    @property
    def first_handoff(self) -> tuple[int, Event] | None:
        """Return place and event of the first handoff to an agent."""
        for place, event in enumerate(self.events):
            if isinstance(event, TicketHandoff) and event.data.to == "agent":
                return place, event
        return None

    # People

    @cached_property
    def touches(self) -> list[int]:
        """Return the places of the events in which a human touched the ticket."""
        return [place for place, event in enumerate(self.events) if is_touch(event)]

    def touched_within(self, episode: Episode) -> bool:
        """Ruling 16: an episode includes the events that begin and end it."""
        return any(episode.begin <= place <= episode.solve.place for place in self.touches)

    @cached_property
    def transfers(self) -> list[Transfer]:
        """Each change from one agent (queue) to another after the first human touch.

        A change to none is not one; A -> none -> B is one, at B. Ruling 24: compared with the
        last agent that a `ticket.assigned` named (queue: created, updated, assigned), nulls
        skipped; one event may be two.
        """
        found = []
        for kind in ("agent", "queue"):
            last = None
            for place, event in enumerate(self.events):
                named = said(event, kind)
                if isinstance(named, str):
                    touched = bool(self.touches) and self.touches[0] < place
                    if last is not None and named != last and touched:
                        found.append(Transfer(event.time, kind))
                    last = named
        return found

    @property
    def escalations(self) -> list[Event]:
        return [event for event in self.events if isinstance(event, TicketEscalated)]

    @property
    def handoffs(self) -> list[Event]:
        """Return the handoffs to an agent."""
        return [
            event
            for event in self.events
            if isinstance(event, TicketHandoff) and event.data.to == "agent"
        ]

    @property
    def tick(self) -> bool | None:
        """Return the last value of the agent's tick box; None if it was never set."""
        value = None
        for event in self.events:
            if isinstance(event, TicketUpdated):
                said_now = event.data.first_contact_resolved
                value = value if said_now is None else said_now
        return value

    def assigned_spans(self, until: int) -> list[tuple[int, int]]:
        """Return the spans in which the ticket was assigned to an agent."""
        steps = self.attributes["agent"].steps
        ends = [time for time, _ in steps[1:]] + [until]
        return [
            (begin, min(end, until))
            for (begin, agent), end in zip(steps, ends, strict=False)
            if agent is not None and begin < min(end, until)
        ]


def is_public(message: TicketMessage) -> bool:
    return message.data.public is not False


def is_reply(event: Event) -> bool:
    """Reply: a public message whose author is `agent`. Bots and private notes never are."""
    return isinstance(event, TicketMessage) and is_public(event) and event.data.author == "agent"


def is_answer(event: Event) -> bool:
    """A public message by an agent or a bot."""
    return (
        isinstance(event, TicketMessage)
        and is_public(event)
        and event.data.author in ("agent", "bot")
    )


def is_customer_message(event: Event) -> bool:
    """A public message of the customer."""
    return (
        isinstance(event, TicketMessage) and is_public(event) and event.data.author == "customer"
    )


def is_touch(event: Event) -> bool:
    """Touched by a human: any message by an agent, or a status by or naming an agent.

    Ruling 16: a creation is no touch.
    """
    if isinstance(event, TicketMessage):
        return event.data.author == "agent"
    if isinstance(event, TicketStatus):
        return event.data.by == "agent" or event.data.agent is not None
    return False


def is_excluded(events: Iterable[Event]) -> bool:
    """Excluded: the last of spam, deleted, merged and restored is not `restored`."""
    last: Event | None = None
    for event in sorted(events, key=order):
        if isinstance(event, TicketSpam | TicketDeleted | TicketMerged | TicketRestored):
            last = event
    return last is not None and not isinstance(last, TicketRestored)
