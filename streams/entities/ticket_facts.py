"""What a ticket means: its facts, always in the same order, settled ones first. (Contract 3.)"""

from streams.clocks.calendar import BusinessClock
from streams.entities.agents import agent_facts
from streams.entities.attributes import (
    CHANNEL,
    PRIORITY,
    QUEUE,
    TOPIC,
    label_at,
)
from streams.entities.customer import unknown_customer_facts
from streams.entities.handling import handle_time
from streams.entities.rules import Rules
from streams.entities.sla import OpenClock, clock_facts
from streams.entities.statement import Statement, statements
from streams.entities.survey import survey_facts
from streams.entities.ticket import HOLD, NEVER, PENDING, SOLVED, Ticket
from streams.facts.facts import (
    ANOMALY,
    ESCALATION,
    FIRST_REPLY,
    FIRST_SOLVE,
    HANDOFF,
    HANDOFF_REPLY,
    OPENED,
    REOPENED,
    REPLY,
    TRANSFER,
    Row,
)
from streams.facts.facts import (
    SOLVED as SOLVED_FACT,
)

NEGATIVE_FIRST_RESPONSE = 0
NEGATIVE_REPLY = 1
NEGATIVE_RESOLUTION = 2
NEGATIVE_FIRST_RESOLUTION = 3


class Meaning:
    """What a ticket means: facts, clocks still open, and what it says about customers."""

    def __init__(
        self,
        facts: list[Row],
        open_clocks: list[OpenClock],
        said: dict[str | None, Statement],
    ) -> None:
        self.facts = facts
        self.open_clocks = open_clocks
        self.said = said


def ticket_meaning(rules: Rules, ticket: Ticket | None) -> Meaning:
    """Return what a ticket means; nothing if it is incomplete or excluded."""
    out: list[Row] = []
    clocks: list[OpenClock] = []
    if ticket is None or ticket.excluded:
        return Meaning(out, clocks, {})
    wants = rules.wants
    if wants[OPENED]:
        opened_fact(rules, ticket, out)
    if wants[FIRST_REPLY] or wants[HANDOFF_REPLY] or wants[REPLY]:
        reply_facts(rules, ticket, out)
    if wants[REOPENED]:
        for number, at in enumerate(ticket.reopens):
            queue, channel, priority = labels_at(rules, ticket, at)
            out.append((REOPENED, at, queue, channel, priority, 1 if number == 0 else 0))
    movement_facts(rules, ticket, out)
    if ticket.solves:
        if wants[FIRST_SOLVE]:
            first_solve_facts(rules, ticket, out)
        if wants[SOLVED_FACT] and ticket.status >= SOLVED:
            solved_facts(rules, ticket, out)
    if rules.with_agents:
        agent_facts(rules, ticket, out)
    if ticket.surveys:
        survey_facts(rules, ticket.surveys, ticket, out)
    if rules.sla:
        clocks = clock_facts(rules, ticket, out)
    if not rules.wants_customers:
        return Meaning(out, clocks, {})
    said = statements(ticket)
    of_nobody = said.get(None)
    if of_nobody is not None:
        unknown_customer_facts(rules, of_nobody, out)
    return Meaning(out, clocks, said)


def labels_at(rules: Rules, ticket: Ticket, at: int) -> tuple[int, int, int]:
    """Return the codes of queue, channel and priority that a fact of `at` carries."""
    lines = ticket.lines
    return (
        rules.queue.code(label_at(lines[QUEUE], at)),
        rules.channel.code(label_at(lines[CHANNEL], at)),
        rules.priority.code(label_at(lines[PRIORITY], at)),
    )


def movement_facts(rules: Rules, ticket: Ticket, out: list[Row]) -> None:
    """Append transfers, escalations and hand-offs."""
    queues = ticket.lines[QUEUE]
    for kind, at in ticket.transfers:
        out.append((TRANSFER, at, kind, rules.queue.code(label_at(queues, at))))
    for at in ticket.escalations:
        out.append((ESCALATION, at, rules.queue.code(label_at(queues, at))))
    for at in ticket.handoffs:
        out.append((HANDOFF, at, rules.queue.code(label_at(queues, at))))


def opened_fact(rules: Rules, ticket: Ticket, out: list[Row]) -> None:
    """Append the creation."""
    at = ticket.created
    queue, channel, priority = labels_at(rules, ticket, at)
    topic = rules.topic.code(label_at(ticket.lines[TOPIC], at))
    out.append((OPENED, at, queue, channel, priority, topic))


def reply_facts(rules: Rules, ticket: Ticket, out: list[Row]) -> None:
    """Append first response, response from hand-off, and each reply that ended a waiting."""
    queues, priorities = ticket.lines[QUEUE], ticket.lines[PRIORITY]
    business = rules.business
    at = ticket.first_reply
    if at != NEVER and not ticket.via_agent:
        if at < ticket.created:
            out.append((ANOMALY, at, NEGATIVE_FIRST_RESPONSE))
        else:
            queue = rules.queue.code(label_at(queues, at))
            priority = rules.priority.code(label_at(priorities, at))
            elapsed = at - ticket.created
            open_elapsed = open_time(business, ticket.created, at)
            out.append((FIRST_REPLY, at, queue, priority, elapsed, open_elapsed))
    at = ticket.handoff_reply
    if at != NEVER:
        queue = rules.queue.code(label_at(queues, at))
        priority = rules.priority.code(label_at(priorities, at))
        out.append((HANDOFF_REPLY, at, queue, priority, at - ticket.first_handoff))
    for wait in ticket.waits:
        if not wait.by_reply:
            continue
        at = wait.end
        if at < wait.start:
            out.append((ANOMALY, at, NEGATIVE_REPLY))
            continue
        queue = rules.queue.code(label_at(queues, at))
        priority = rules.priority.code(label_at(priorities, at))
        open_elapsed = open_time(business, wait.start, at)
        out.append((REPLY, at, queue, priority, at - wait.start, open_elapsed))


def first_solve_facts(rules: Rules, ticket: Ticket, out: list[Row]) -> None:
    """Append the first solve; a negative duration is an anomaly instead."""
    at = ticket.solves[0]
    elapsed = at - ticket.created
    if elapsed < 0:
        out.append((ANOMALY, at, NEGATIVE_FIRST_RESOLUTION))
        return
    queue = rules.queue.code(label_at(ticket.lines[QUEUE], at))
    priority = rules.priority.code(label_at(ticket.lines[PRIORITY], at))
    out.append((FIRST_SOLVE, at, queue, priority, elapsed))


def solved_facts(rules: Rules, ticket: Ticket, out: list[Row]) -> None:
    """Append the standing solve, with all that is known of the ticket by then and later."""
    at = ticket.solves[len(ticket.solves) - 1]
    elapsed = at - ticket.created
    queue, channel, priority = labels_at(rules, ticket, at)
    requester_wait = agent_work = customer_wait = open_requester_wait = 0
    business = rules.business
    if elapsed < 0:
        out.append((ANOMALY, at, NEGATIVE_RESOLUTION))
    else:
        steps = ticket.steps
        count = len(steps)
        for i in range(count):
            begin, status = steps[i]
            end = steps[i + 1][0] if i + 1 < count else at
            end = min(end, at)
            if end <= begin or status >= SOLVED:
                continue
            duration = end - begin
            if status == PENDING:
                customer_wait += duration
                continue
            requester_wait += duration
            open_requester_wait += open_time(business, begin, end)
            if status != HOLD:
                agent_work += duration
    out.append(
        (
            SOLVED_FACT,
            at,
            queue,
            channel,
            priority,
            elapsed,
            requester_wait,
            agent_work,
            customer_wait,
            handle_time(ticket, at),
            ticket.replies,
            ticket.customer_messages,
            ticket.customer_messages - (1 if ticket.via_customer else 0),
            ticket.agents_taking_part(),
            len(ticket.reopens),
            1 if ticket.has_waited else 0,
            1 if ticket.via_agent else 0,
            1 if ticket.touched else 0,
            len(ticket.transfers),
            len(ticket.escalations),
            ticket.tick_box,
            open_time(business, ticket.created, at),
            open_requester_wait,
        ),
    )


def open_time(business: BusinessClock | None, start: int, end: int) -> int:
    """Return the open time in [start, end]; 0 where no business calendar is configured."""
    return 0 if business is None else business.open_between(start, end)
