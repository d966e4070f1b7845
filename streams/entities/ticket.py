"""What happened to a ticket: one pass over its events in order. (Contract 2.)"""

from typing import Final

from streams.entities.attributes import (
    AGENT,
    CHANNEL,
    CUSTOMER,
    PRIORITY,
    QUEUE,
    TOPIC,
    Line,
    add_step,
    label_at,
)
from streams.entities.stored import (
    ASSIGNED,
    CREATED,
    ESCALATED,
    HANDOFF,
    MERGED,
    MESSAGE,
    RESTORED,
    STATUS,
    SURVEY_ANSWERED,
    SURVEY_SENT,
    UPDATED,
    Stored,
)

NEVER: Final = -(1 << 60)

# author of a message
FROM_CUSTOMER: Final = 0
FROM_AGENT: Final = 1
FROM_BOT: Final = 2

# status codes: new open pending hold | solved closed
PENDING: Final = 2
HOLD: Final = 3
SOLVED: Final = 4

VIA_AGENT: Final = 2
BY_AGENT: Final = 2
PRIVATE: Final = 1
UNTICKED: Final = 0

TO_AGENT: Final = 0
TO_QUEUE: Final = 1


class Wait:
    """A finished time in which the customer waited for a reply."""

    def __init__(
        self, start: int, end: int, initial: bool, by_reply: bool, agent: str | None
    ) -> None:
        self.start = start
        self.end = end
        self.initial = initial  # began at creation
        self.by_reply = by_reply  # ended by a reply, not by a solve
        self.agent = agent  # named on the reply


class Ticket:
    """What happened to one ticket so far; `feed` takes its events in order, `created` first."""

    def __init__(self, created: Stored) -> None:
        self.created: int = created[0]
        via = created[5] & 3
        self.via_agent: bool = via == VIA_AGENT
        self.via_customer: bool = via <= 1
        self.lines: list[Line] = [[], [], [], [], [], []]
        self.excluded: bool = False
        self.status: int = 0
        self.steps: list[tuple[int, int]] = [(self.created, 0)]
        self.waiting: int = self.created if self.via_customer else NEVER
        self.waiting_initial: bool = True
        self.wrote_since_solve: bool = False
        self.touched: bool = False
        self.touched_in_episode: bool = False
        self.agents: list[str] = []
        self.has_waited: bool = False  # was ever pending or on hold
        self.replies: int = 0
        self.customer_messages: int = 1 if self.via_customer else 0
        self.first_reply: int = NEVER
        self.first_reply_agent: str | None = None
        self.episode_author: str | None = None
        self.first_answer: int = NEVER
        self.came_back: bool = False
        self.first_response_end: int = NEVER
        self.first_response_by_reply: bool = False
        self.first_handoff: int = NEVER
        self.handoff_reply: int = NEVER
        self.waits: list[Wait] = []
        self.solves: list[int] = []
        # Of each solve: was the episode touched, and whom do events name for it?
        self.solves_touched: list[bool] = []
        self.solves_credit: list[str | None] = []
        self.reopens: list[int] = []
        self.escalations: list[int] = []
        self.handoffs: list[int] = []
        self.transfers: list[tuple[int, int]] = []
        self.tick_box: int = UNTICKED
        self.surveys: list[Stored] = []
        self.last_agent: str | None = None
        self.last_queue: str | None = None
        self.set_attributes(self.created, created)

    def feed(self, event: Stored) -> None:
        """Take the next event."""
        kind = event[4]
        if kind == MESSAGE:
            self.message(event)
        elif kind == STATUS:
            self.change_status(event)
        elif kind == ASSIGNED:
            self.assign(event)
        elif kind == UPDATED:
            self.set_attributes(event[0], event)
            if event[5]:
                self.tick_box = event[5]
        elif kind == CREATED:
            self.set_attributes(event[0], event)
        elif kind == ESCALATED:
            self.escalations.append(event[0])
        elif kind == HANDOFF:
            if event[5]:
                self.handoffs.append(event[0])
                if self.first_handoff == NEVER:
                    self.first_handoff = event[0]
        elif kind in (SURVEY_SENT, SURVEY_ANSWERED):
            self.surveys.append(event)
        else:
            self.excluded = kind != RESTORED

    def message(self, event: Stored) -> None:
        """Take a message: replies end waits, customers start them."""
        author = event[5] & 3
        if author == FROM_AGENT:
            self.touched = True
            self.touched_in_episode = True
            self.take_part(event[6])
        if event[5] >> 2 == PRIVATE:
            return
        at = event[0]
        if author == FROM_AGENT:
            self.reply(at, event[6])
        elif author == FROM_CUSTOMER:
            self.customer_messages += 1
            if self.first_answer != NEVER and not self.solves:
                self.came_back = True
            if self.status >= SOLVED:
                self.wrote_since_solve = True
            elif self.waiting == NEVER:
                self.waiting = at
                self.waiting_initial = False
        elif author == FROM_BOT and self.first_answer == NEVER:
            self.first_answer = at

    def reply(self, at: int, agent: str | None) -> None:
        """Take a public message of an agent."""
        if self.waiting != NEVER:
            self.waits.append(Wait(self.waiting, at, self.waiting_initial, True, agent))
            self.waiting = NEVER
        if self.first_answer == NEVER:
            self.first_answer = at
        if agent is not None:
            self.episode_author = agent
        if self.first_response_end == NEVER:
            self.first_response_end = at
            self.first_response_by_reply = True
        if self.first_handoff != NEVER and self.handoff_reply == NEVER:
            self.handoff_reply = at
        if self.replies == 0:
            self.first_reply = at
            self.first_reply_agent = agent
        self.replies += 1
        self.wrote_since_solve = False

    def change_status(self, event: Stored) -> None:
        """Take a status event: solves end an episode and its wait, reopens begin one."""
        at = event[0]
        status = event[5] & 7
        human = event[5] >> 3 == BY_AGENT or event[6] is not None
        was_open = self.status < SOLVED
        is_open = status < SOLVED
        if human:
            self.touched = True
            self.take_part(event[6])
        if status in (PENDING, HOLD):
            self.has_waited = True
        if is_open and not was_open:
            self.reopens.append(at)
            self.touched_in_episode = False
            self.episode_author = None
            if self.wrote_since_solve:
                self.waiting = at
                self.waiting_initial = False
        if human:
            self.touched_in_episode = True
        if was_open and not is_open:
            self.solves.append(at)
            self.solves_touched.append(self.touched_in_episode)
            self.solves_credit.append(self.episode_author if event[6] is None else event[6])
            if self.waiting != NEVER:
                self.waits.append(Wait(self.waiting, at, self.waiting_initial, False, None))
                self.waiting = NEVER
            self.wrote_since_solve = False
            if self.first_response_end == NEVER:
                self.first_response_end = at
        self.status = status
        self.steps.append((max(self.created, at), status))

    def assign(self, event: Stored) -> None:
        """Take an assignment; null takes agent or queue away."""
        at = event[0]
        code = event[5]
        from_creation = max(self.created, at)
        if code & 1:
            agent = event[6]
            add_step(self.lines[AGENT], from_creation, agent)
            if agent is not None:
                last = self.last_agent
                if last is not None and agent != last and self.touched:
                    self.transfers.append((TO_AGENT, at))
                self.last_agent = agent
        if code & 2:
            attributes = event[7]
            queue = None if attributes is None else attributes[0]
            add_step(self.lines[QUEUE], from_creation, queue)
            self.move_to_queue(at, queue)

    def set_attributes(self, at: int, event: Stored) -> None:
        """Take the attributes that a created or updated event sets."""
        attributes = event[7]
        if attributes is None:
            return
        from_creation = max(self.created, at)
        for i in (QUEUE, CHANNEL, PRIORITY, TOPIC, CUSTOMER):
            value = attributes[i]
            if value is not None:
                add_step(self.lines[i], from_creation, value)
        self.move_to_queue(at, attributes[0])

    def move_to_queue(self, at: int, queue: str | None) -> None:
        """Count a transfer if another queue was named before."""
        if queue is None:
            return
        last = self.last_queue
        if last is not None and queue != last and self.touched:
            self.transfers.append((TO_QUEUE, at))
        self.last_queue = queue

    def take_part(self, agent: str | None) -> None:
        """Remember an agent who wrote or changed the status."""
        if agent is not None and agent not in self.agents:
            self.agents.append(agent)

    def agents_taking_part(self) -> int:
        """Return how many agents took part; those without a name are one if nobody is named."""
        return len(self.agents) or (1 if self.touched else 0)

    def credited(self, solve: int) -> str | None:
        """Return who is credited with a solve.

        The agent named on it, else the author of the episode's last reply, else the assignee.
        """
        named = self.solves_credit[solve]
        return label_at(self.lines[AGENT], self.solves[solve]) if named is None else named

    def next_reopen(self, after: int) -> int:
        """Return the first reopen after an instant, or NEVER."""
        for at in self.reopens:
            if at > after:
                return at
        return NEVER

    def is_unresolved(self) -> bool:
        """Return whether the ticket shows in the levels."""
        return not self.excluded and self.status < SOLVED


def build(events: list[Stored]) -> Ticket | None:
    """Return what happened by these events, in order; None without a created event."""
    ticket: Ticket | None = None
    first = -1
    for i in range(len(events)):
        if events[i][4] == CREATED:
            first = i
            break
    if first < 0:
        return None
    ticket = Ticket(events[first])
    for i in range(len(events)):
        if i != first:
            ticket.feed(events[i])
    return ticket


def is_excluded(events: list[Stored]) -> bool:
    """Return whether the last of spam, deleted, merged and restored is not `restored`."""
    excluded = False
    for event in events:
        if MERGED <= event[4] <= RESTORED:
            excluded = event[4] != RESTORED
    return excluded
