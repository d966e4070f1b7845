"""Service levels: clocks, breaches, what is running and overdue. (Contract 4; rulings 35-41.)"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from schemas.policy import SlaPolicy
from tests.oracle.attributes import ATTRIBUTES
from tests.oracle.facts import Fact, Labels
from tests.oracle.situation import Situation
from tests.oracle.tickets import RESOLVED, Ticket
from tests.oracle.windows import Sample

UNRESOLVED = ("new", "open", "pending", "hold")
FIRST_RESPONSE = "first_response"
NEXT_REPLY = "next_reply"
RESOLUTION = "resolution"


@dataclass(frozen=True)
class Target:
    """A clock of a ticket: it lasts from `start` to `end`, None while it lasts.

    `fulfilled`: what ends it is what was asked for; otherwise it ends without judgement.
    Ruling 12: all SLA times earlier than the creation are taken at the creation.
    """

    ticket: Ticket
    name: str
    start: int
    end: int | None
    fulfilled: bool


@dataclass(frozen=True)
class Breach:
    """The first instant at which the clock runs with its target used up, and by which policy."""

    time: int
    policy: SlaPolicy


def targets(ticket: Ticket) -> Iterator[Target]:
    """Yield the clocks of a ticket.

    Ruling 41: next_reply and resolution apply to via=agent too.
    """
    if ticket.via != "agent":
        yield first_response(ticket)
    yield from next_replies(ticket)
    solve = ticket.standing_solve
    end = None if solve is None else max(solve.time, ticket.created_at)
    yield Target(ticket, RESOLUTION, ticket.created_at, end, fulfilled=True)


def first_response(ticket: Ticket) -> Target:
    """From c; fulfilled by the first reply; not for via=agent.

    A solve ends a first-response clock for good: neither met nor breached if it was in time.
    """
    c = ticket.created_at
    ends: list[tuple[int, int, bool]] = [
        *((ticket.events.index(reply), reply.time, True) for reply in ticket.replies[:1]),
        *((solve.place, solve.time, False) for solve in ticket.solves[:1]),
    ]
    if not ends:
        return Target(ticket, FIRST_RESPONSE, c, None, fulfilled=False)
    _, time, fulfilled = min(ends)
    return Target(ticket, FIRST_RESPONSE, c, max(time, c), fulfilled)


def next_replies(ticket: Ticket) -> Iterator[Target]:
    """Each waiting except the one that starts at creation; fulfilled by the reply.

    Ended without judgement by a solve in time.
    """
    c = ticket.created_at
    for waiting in ticket.waitings:
        if not waiting.since_creation:
            end = None if waiting.end is None else max(waiting.end, c)
            answered = waiting.reply is not None
            yield Target(ticket, NEXT_REPLY, max(waiting.start, c), end, answered)


class ServiceLevels:
    """The policies of a situation, applied to its tickets."""

    def __init__(self, situation: Situation) -> None:
        self.situation = situation
        self.targets = [
            target
            for ticket in situation.tickets
            for target in targets(ticket)
            if situation.policy.sla
        ]

    def policy(self, ticket: Ticket, x: int) -> SlaPolicy | None:
        """Return the policy in force at x: the first that matches.

        It matches tickets with c in [effective_from, effective_to), by the attributes in force
        as events come. Ruling 11: unset matches nothing.
        """
        for policy in self.situation.policy.sla:
            if is_effective(policy, ticket.created_at) and all(
                ticket.attributes[attribute].in_force(x) in values
                for attribute, values in policy.match.items()
            ):
                return policy
        return None

    def used(self, target: Target, policy: SlaPolicy, x: int) -> int:
        """Return the target time used from the start until x.

        Ruling 35: by that policy's own calendar and pauses. `resolution`: the clock runs while
        unresolved and not in a `pause_on` status. Ruling 39: pause_on: resolution only.
        """
        clock = self.situation.calendars.clock(policy.calendar)
        if target.name != RESOLUTION:
            return clock.between(target.start, x)
        spans = target.ticket.spans(set(UNRESOLVED) - set(policy.pause_on), x)
        return sum(clock.between(begin, end) for begin, end in spans)

    def runs(self, target: Target, policy: SlaPolicy, x: int) -> bool:
        """Return whether the clock runs at x, after all events of x."""
        if target.end is not None and x >= target.end:
            return False
        if target.name != RESOLUTION:
            return True
        status = [status for time, status in target.ticket.statuses if time <= x][-1]
        return status not in RESOLVED and status not in policy.pause_on

    def breach(self, target: Target) -> Breach | None:
        """Return the breach, in the future if no event prevents it.

        Ruling 35: the first instant at which it runs, after all events of that instant, with
        the target of the policy in force then used up. Ruling 36: it is used up at the earliest
        such instant. Ruling 37: used up at the very millisecond of a pause or a solve is no
        breach; resumed with nothing left, it is breached at once.
        """
        instants = self.changes(target)
        for begin, end in zip(instants, [*instants[1:], None], strict=True):
            policy = self.policy(target.ticket, begin)
            allowed = None if policy is None else allowance(policy, target.name)
            if policy is None or allowed is None or not self.runs(target, policy, begin):
                continue
            left = allowed - self.used(target, policy, begin)
            due = self.situation.calendars.clock(policy.calendar).used_up(begin, left)
            if due is not None and (end is None or due < end):
                return Breach(due, policy)
        return None

    def changes(self, target: Target) -> list[int]:
        """Return the instants from the start on at which policy, pause or clock may change."""
        ticket = target.ticket
        instants = {time for name in ATTRIBUTES for time, _ in ticket.attributes[name].steps}
        if target.name == RESOLUTION:
            instants |= {time for time, _ in ticket.statuses}
        if target.end is not None:
            instants.add(target.end)
        return sorted({target.start} | {time for time in instants if time > target.start})

    # What is shown

    def facts(self) -> Iterator[Fact]:
        """Breached is dated at the deadline, met at its fulfilment.

        Ruling 40: no target in force at the fulfilment: not evaluated. At most one breach a
        ticket and target; a breach before a change of attributes stands.
        """
        for target in self.targets:
            breach = self.breach(target)
            if breach is not None:
                labels = self.labels(target, breach.policy, breach.time)
                yield Fact("sla_evaluated", breach.time, labels)
                yield Fact("sla_breached", breach.time, labels)
            elif target.end is not None and target.fulfilled:
                policy = self.policy(target.ticket, target.end)
                if policy is not None and allowance(policy, target.name) is not None:
                    labels = self.labels(target, policy, target.end)
                    yield Fact("sla_evaluated", target.end, labels)

    def samples(self) -> Iterator[Sample]:
        """Ruling 38: running, due soon, overdue, next deadline, labels at t.

        Running: has a deadline > t; due soon: running, target time left <= due_soon (default a
        quarter of the target); overdue: breached and not yet fulfilled or ended, the sla is that
        of the breach. A paused clock has no deadline.
        """
        t = self.situation.t
        deadlines: dict[tuple[str, str], list[int]] = defaultdict(list)
        for target in self.targets:
            breach = self.breach(target)
            if target.end is not None or breach is None:
                continue
            policy, labels = breach.policy, self.labels(target, breach.policy, t)
            if breach.time <= t:
                yield "helpdesk_sla_overdue", labels, 1
                continue
            yield "helpdesk_sla_running", labels, 1
            deadlines[policy.id, target.name].append(breach.time)
            allowed = allowance(policy, target.name)
            assert allowed is not None
            soon = allowed // 4 if policy.due_soon is None else policy.due_soon
            if allowed - self.used(target, policy, t) <= soon:
                yield "helpdesk_sla_due_soon", labels, 1
        for (sla, name), times in deadlines.items():
            family = "helpdesk_sla_next_deadline_timestamp_seconds"
            yield family, {"sla": sla, "target": name}, Fraction(min(times), 1000)

    def labels(self, target: Target, policy: SlaPolicy, x: int) -> Labels:
        attributes = self.situation.labels(target.ticket, x, "queue", "priority")
        return {"sla": policy.id, "target": target.name, **attributes}


def allowance(policy: SlaPolicy, target: str) -> int | None:
    """Return the target in milliseconds; None if the policy has no such target."""
    allowed: int | None = getattr(policy.targets, target)
    return allowed


def is_effective(policy: SlaPolicy, created_at: int) -> bool:
    """Return whether a ticket's creation is in [effective_from, effective_to)."""
    begun = policy.effective_from is None or policy.effective_from <= created_at
    over = policy.effective_to is not None and policy.effective_to <= created_at
    return begun and not over
