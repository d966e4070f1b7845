"""SLA clocks of a ticket: start, pause, deadline, breach, met. (Contract 4; 7, rulings 35-41.)

A breach is a fact at its deadline, in the future as long as nobody answers; an answer takes it
back.
"""

from typing import Final

from streams.clocks.calendar import FOREVER
from streams.entities.attributes import PRIORITY, QUEUE, in_force, label_at
from streams.entities.rules import Rules, SlaRule
from streams.entities.ticket import NEVER, SOLVED, Ticket
from streams.facts.facts import CLOCK, Row

FIRST_RESPONSE: Final = 0
NEXT_REPLY: Final = 1
RESOLUTION: Final = 2

# (from then on, the policy in force or None)
Policies = list[tuple[int, SlaRule | None]]


class OpenClock:
    """A clock that nobody has stopped, with the deadline or breach that stands now."""

    def __init__(self, target: int, at: int, rule: SlaRule) -> None:
        self.target = target
        self.at = at
        self.rule = rule


def policy_at(rules: Rules, ticket: Ticket, at: int) -> SlaRule | None:
    """Return the first policy that matches the raw values set by `at`."""
    created = ticket.created
    for rule in rules.sla:
        if created < rule.effective_from or created >= rule.effective_to:
            continue
        matches = True
        for attribute, values in rule.match:
            value = in_force(ticket.lines[attribute], at)
            if value is None or value not in values:
                matches = False
                break
        if matches:
            return rule
    return None


def policies_of(rules: Rules, ticket: Ticket) -> Policies:
    """Return the policies of a ticket's life, in order; they change where an attribute does."""
    created = ticket.created
    instants: list[int] = []
    for line in ticket.lines:
        for at, _ in line:
            if at > created:
                instants.append(at)
    found: Policies = [(created, policy_at(rules, ticket, created))]
    instants.sort()
    for at in instants:
        if at > found[len(found) - 1][0]:
            rule = policy_at(rules, ticket, at)
            if rule is not found[len(found) - 1][1]:
                found.append((at, rule))
    return found


def response_breach(
    target: int,
    start: int,
    end: int,
    policies: Policies,
) -> tuple[int, SlaRule | None]:
    """Return the breach in [start, end) of a clock that nothing pauses, or (FOREVER, None)."""
    count = len(policies)
    for i in range(count):
        begin, rule = policies[i]
        until = policies[i + 1][0] if i + 1 < count else FOREVER
        until = min(until, end)
        begin = max(begin, start)
        if rule is None or begin >= until or rule.targets[target] == 0:
            continue
        at = rule.after(start, rule.targets[target])
        at = max(at, begin)
        if at < until:
            return at, rule
    return FOREVER, None


def runs(rule: SlaRule, status: int) -> bool:
    """Return whether the resolution clock of this policy runs in this status."""
    return status < SOLVED and not (rule.pauses >> status) & 1


def used(rule: SlaRule, ticket: Ticket, until: int) -> int:
    """Return how much of the resolution target was used up by `until`."""
    total = 0
    steps = ticket.steps
    count = len(steps)
    for i in range(count):
        begin, status = steps[i]
        if begin >= until:
            break
        end = steps[i + 1][0] if i + 1 < count else until
        end = min(end, until)
        if runs(rule, status):
            total += rule.open_between(begin, end)
    return total


def resolution_breach(
    ticket: Ticket,
    end: int,
    policies: Policies,
) -> tuple[int, SlaRule | None]:
    """Return the breach of the resolution clock in [creation, end), or (FOREVER, None)."""
    steps = ticket.steps
    step_count, policy_count = len(steps), len(policies)
    step = policy = 0
    left = 0
    known: SlaRule | None = None
    begin = ticket.created
    while begin < end:
        while step + 1 < step_count and steps[step + 1][0] <= begin:
            step += 1
        while policy + 1 < policy_count and policies[policy + 1][0] <= begin:
            policy += 1
        until = end
        if step + 1 < step_count and steps[step + 1][0] < until:
            until = steps[step + 1][0]
        if policy + 1 < policy_count and policies[policy + 1][0] < until:
            until = policies[policy + 1][0]
        rule = policies[policy][1]
        if rule is not None and rule.targets[RESOLUTION]:
            if rule is not known:
                left = rule.targets[RESOLUTION] - used(rule, ticket, begin)
                known = rule
            if runs(rule, steps[step][1]):
                at = rule.after(begin, left)
                if at < until:
                    return at, rule
                if until == FOREVER:
                    return FOREVER, None
                left -= rule.open_between(begin, until)
        else:
            known = None
        begin = until
    return FOREVER, None


class Judge:
    """Judges the clocks of one ticket: facts into `out`, clocks that still run into `open`."""

    def __init__(self, rules: Rules, ticket: Ticket, policies: Policies, out: list[Row]) -> None:
        self.rules = rules
        self.ticket = ticket
        self.policies = policies
        self.out = out
        self.open: list[OpenClock] = []

    def response(self, target: int, start: int, end: int, met: bool) -> None:
        """Judge a first_response or next_reply clock; `end` is FOREVER while it runs."""
        start = max(start, self.ticket.created)
        end = max(start, end)
        at, rule = response_breach(target, start, end, self.policies)
        self.judge(target, end, met, at, rule)

    def resolution(self) -> None:
        """Judge the resolution clock: met at the standing solve."""
        ticket = self.ticket
        end = ticket.solves[len(ticket.solves) - 1] if ticket.status >= SOLVED else FOREVER
        end = max(end, ticket.created)
        at, rule = resolution_breach(ticket, end, self.policies)
        self.judge(RESOLUTION, end, True, at, rule)

    def judge(self, target: int, end: int, met: bool, at: int, rule: SlaRule | None) -> None:
        """Append a breach at its deadline, or a fulfilment; neither if a solve came in time."""
        if rule is not None:
            self.out.append(self.judgement(target, at, rule, 1))
            if end == FOREVER:
                self.open.append(OpenClock(target, at, rule))
        elif end != FOREVER and met:
            in_force_then: SlaRule | None = None
            for begin, policy in self.policies:
                if begin > end:
                    break
                in_force_then = policy
            if in_force_then is not None and in_force_then.targets[target]:
                self.out.append(self.judgement(target, end, in_force_then, 0))

    def judgement(self, target: int, at: int, rule: SlaRule, breached: int) -> Row:
        """Return the fact of a clock that was judged at `at`."""
        lines = self.ticket.lines
        queue = self.rules.queue.code(label_at(lines[QUEUE], at))
        priority = self.rules.priority.code(label_at(lines[PRIORITY], at))
        return (CLOCK, at, rule.number, target, queue, priority, breached)


def clock_facts(rules: Rules, ticket: Ticket, out: list[Row]) -> list[OpenClock]:
    """Append the judgements of all clocks of a ticket, and return those that still run."""
    policies = policies_of(rules, ticket)
    judge = Judge(rules, ticket, policies, out)
    if len(policies) == 1 and policies[0][1] is None:
        return judge.open
    if not ticket.via_agent:
        end = ticket.first_response_end
        if end == NEVER:
            end = FOREVER
        judge.response(FIRST_RESPONSE, ticket.created, end, ticket.first_response_by_reply)
    for wait in ticket.waits:
        if not wait.initial:
            judge.response(NEXT_REPLY, wait.start, wait.end, wait.by_reply)
    if ticket.waiting != NEVER and not ticket.waiting_initial:
        judge.response(NEXT_REPLY, ticket.waiting, FOREVER, False)
    judge.resolution()
    return judge.open
