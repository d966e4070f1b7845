"""Tickets: volume, response and resolution times, effort, quality. (Contract 3.)"""

from collections.abc import Iterator

from tests.oracle.calendars import Clock
from tests.oracle.definitions import is_first_contact, is_one_touch
from tests.oracle.facts import COUNTS, Fact, seconds
from tests.oracle.situation import D, Situation
from tests.oracle.tickets import Change, Ticket, is_reply

Spans = list[tuple[int, int]]


def ticket_facts(situation: Situation) -> Iterator[Fact]:
    """Yield the facts that one ticket tells alone, but for its service levels."""
    for ticket in situation.tickets:
        yield from opened(situation, ticket)
        yield from first_response(situation, ticket)
        yield from first_response_from_handoff(situation, ticket)
        yield from reply_times(situation, ticket)
        yield from first_resolution(situation, ticket)
        yield from reopens(situation, ticket)
        yield from movements(situation, ticket)
        if ticket.standing_solve:
            yield from resolved(situation, ticket, ticket.standing_solve)
            yield from resolution_times(situation, ticket, ticket.standing_solve)


def opened(situation: Situation, ticket: Ticket) -> Iterator[Fact]:
    """Ticket created, dated at c."""
    c = ticket.created_at
    yield Fact("tickets_opened", c, situation.labels(ticket, c, *D))
    yield Fact("tickets_opened_by_topic", c, situation.labels(ticket, c, "topic"))


def first_response(situation: Situation, ticket: Ticket) -> Iterator[Fact]:
    """First reply - c; not for via=agent.

    Ruling 13: a negative first response uses up the first reply.
    """
    reply = ticket.first_reply
    if reply is None or ticket.via == "agent":
        return
    if reply.time < ticket.created_at:
        yield anomaly(reply.time, "negative_first_response_time")
        return
    yield from duration(
        situation, ticket, "first_response", reply.time, [(ticket.created_at, reply.time)]
    )


def first_response_from_handoff(situation: Situation, ticket: Ticket) -> Iterator[Fact]:
    """First reply after the first handoff to agent, minus that handoff.

    Ruling 22: also for via=agent.
    """
    if ticket.first_handoff is None:
        return
    handed_off, handoff = ticket.first_handoff
    for place, event in enumerate(ticket.events):
        if place > handed_off and is_reply(event):
            labels = situation.labels(ticket, event.time, "queue", "priority")
            family = "first_response_from_handoff_time_seconds"
            yield seconds(family, event.time, labels, event.time - handoff.time)
            return


def reply_times(situation: Situation, ticket: Ticket) -> Iterator[Fact]:
    """Reply - start of the waiting, at each reply that ends a waiting."""
    for waiting in ticket.waitings:
        if waiting.reply is None:
            continue
        end = waiting.reply.time
        if end < waiting.start:
            yield anomaly(end, "negative_reply_time")
        else:
            yield from duration(situation, ticket, "reply", end, [(waiting.start, end)])


def first_resolution(situation: Situation, ticket: Ticket) -> Iterator[Fact]:
    """First solve - c, dated at the first solve."""
    if not ticket.solves:
        return
    first = ticket.solves[0].time
    if first < ticket.created_at:
        yield anomaly(first, "negative_first_resolution_time")
    else:
        labels = situation.labels(ticket, first, "queue", "priority")
        family = "first_resolution_time_seconds"
        yield seconds(family, first, labels, first - ticket.created_at)


def resolution_times(situation: Situation, ticket: Ticket, solve: Change) -> Iterator[Fact]:
    """Resolution and the times in statuses, at the standing solve.

    Ruling 12: a standing solve before c gives no durations. Ruling 23: each standing solve is
    one observation in each duration, 0 included.
    """
    c, s = ticket.created_at, solve.time
    if s < c:
        yield anomaly(s, "negative_resolution_time")
        return
    yield from duration(situation, ticket, "resolution", s, [(c, s)])
    waited = ticket.spans(("new", "open", "hold"), s)
    yield from duration(situation, ticket, "requester_wait", s, waited)
    labels = situation.labels(ticket, s, "queue", "priority")
    worked = length(ticket.spans(("new", "open"), s))
    yield seconds("agent_work_time_seconds", s, labels, worked)
    pending = length(ticket.spans(("pending",), s))
    yield seconds("customer_wait_time_seconds", s, labels, pending)
    yield seconds("handle_time_seconds", s, labels, handle_time(ticket, s))


def handle_time(ticket: Ticket, s: int) -> int:
    """Return the time in new+open while assigned to an agent, in milliseconds."""
    return sum(
        max(0, min(end, until) - max(begin, since))
        for begin, end in ticket.spans(("new", "open"), s)
        for since, until in ticket.assigned_spans(s)
    )


def duration(
    situation: Situation, ticket: Ticket, name: str, x: int, spans: Spans
) -> Iterator[Fact]:
    """Yield a duration; with a business calendar also in its open time.

    Ruling 45: first response, reply, resolution and requester wait; 0 is observed.
    """
    labels = situation.labels(ticket, x, "queue", "priority")
    yield seconds(f"{name}_time_seconds", x, labels, length(spans))
    calendar = situation.policy.business_calendar
    if calendar is not None:
        clock = situation.calendars.clock(calendar)
        yield seconds(f"{name}_business_time_seconds", x, labels, measured(clock, spans))


def length(spans: Spans) -> int:
    return sum(end - begin for begin, end in spans)


def measured(clock: Clock, spans: Spans) -> int:
    return sum(clock.between(begin, end) for begin, end in spans)


def resolved(situation: Situation, ticket: Ticket, solve: Change) -> Iterator[Fact]:
    """What is said of a ticket at its standing solve.

    Ruling 15: its properties are taken over S(t), later events included.
    """
    s = solve.time
    labels = situation.labels(ticket, s, *D)
    replies = len(ticket.replies)
    by_agent = ticket.via == "agent"
    definitions = situation.policy.definitions
    said = {
        "tickets_resolved": True,
        "tickets_resolved_replied": replies >= 1 and not by_agent,
        "tickets_resolved_one_touch": is_one_touch(definitions.one_touch, ticket),
        "tickets_resolved_automated": not ticket.touches,
        "tickets_resolved_transferred": bool(ticket.transfers),
        "tickets_resolved_escalated": bool(ticket.escalations),
        "fcr_marked": ticket.tick is not None,
        "fcr_marked_yes": ticket.tick is True,
    }
    if definitions.fcr != "deskpulse":
        said["fcr_eligible"] = True
        said["fcr_resolved"] = is_first_contact(definitions.fcr, ticket)
    for family, holds in said.items():
        if holds:
            yield Fact(family, s, labels)
    queue = situation.labels(ticket, s, "queue")
    yield Fact("replies_to_resolution", s, queue, replies, bounds=COUNTS)
    written = ticket.customer_messages
    yield Fact("customer_messages_to_resolution", s, queue, written, bounds=COUNTS)


def reopens(situation: Situation, ticket: Ticket) -> Iterator[Fact]:
    """Each reopen; the first reopen."""
    for number, reopen in enumerate(ticket.reopens):
        labels = situation.labels(ticket, reopen.time, *D)
        yield Fact("ticket_reopens", reopen.time, labels)
        if number == 0:
            yield Fact("tickets_reopened", reopen.time, labels)


def movements(situation: Situation, ticket: Ticket) -> Iterator[Fact]:
    """Transfers, escalations and hand-offs to an agent."""
    for transfer in ticket.transfers:
        labels = situation.labels(ticket, transfer.time, "queue")
        yield Fact("ticket_transfers", transfer.time, {"kind": transfer.kind, **labels})
    for event in ticket.escalations:
        labels = situation.labels(ticket, event.time, "queue")
        yield Fact("ticket_escalations", event.time, labels)
    for event in ticket.handoffs:
        labels = situation.labels(ticket, event.time, "queue")
        yield Fact("bot_handoffs", event.time, labels)


def anomaly(x: int, reason: str) -> Fact:
    """A duration that comes out negative is not observed but counted here.

    Ruling 13: once per duration, dated at its end.
    """
    return Fact("anomalies", x, {"reason": reason})
