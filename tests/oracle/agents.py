"""Agents: who is credited with what. (Contract 3, last part; ruling 30.)"""

from collections.abc import Iterator

from schemas.events import SurveyAnswered
from tests.oracle.facts import Fact, seconds
from tests.oracle.situation import Situation
from tests.oracle.surveys import last_answers, satisfaction, score_fact
from tests.oracle.ticket_facts import handle_time
from tests.oracle.tickets import Change, Ticket


def credited(ticket: Ticket, solve: Change) -> str | None:
    """Return who is credited with a solve.

    For solves the agent named on the solve, else the author of the episode's last reply, the
    last that names its agent, else the assignee in force at the solve.
    """
    if solve.event.data.agent is not None:
        return solve.event.data.agent
    begin = max(
        (reopen.place for reopen in ticket.reopens if reopen.place < solve.place), default=0
    )
    places = {id(event): place for place, event in enumerate(ticket.events)}
    for reply in reversed(ticket.replies):
        if reply.data.agent is not None and begin <= places[id(reply)] <= solve.place:
            return reply.data.agent
    return ticket.carried("agent", solve.time)


def agent_facts(situation: Situation) -> Iterator[Fact]:
    """Yield the families with label `agent`. Nobody to credit: no sample."""
    if not situation.policy.agents.enabled:
        return
    for ticket in situation.tickets:
        yield from solve_facts(situation, ticket)
        yield from time_facts(situation, ticket)
    for ticket_or_none, answer in last_answers(situation):
        yield from survey_facts(situation, ticket_or_none, answer)


def solve_facts(situation: Situation, ticket: Ticket) -> Iterator[Fact]:
    """The standing solve, its handle time, and reopens, which go to the solve before."""
    solve = ticket.standing_solve
    if solve is not None:
        agent = credited(ticket, solve)
        if agent is not None:
            labels = {"agent": situation.label("agent", agent)}
            yield Fact("agent_tickets_resolved", solve.time, labels)
            if solve.time >= ticket.created_at:
                spent = handle_time(ticket, solve.time)
                yield seconds("agent_handle_time_seconds", solve.time, labels, spent)
    for solve, reopen in zip(ticket.solves, ticket.reopens, strict=False):
        agent = credited(ticket, solve)
        if agent is not None:
            labels = {"agent": situation.label("agent", agent)}
            yield Fact("agent_reopens", reopen.time, labels)


def time_facts(situation: Situation, ticket: Ticket) -> Iterator[Fact]:
    """Times: the agent named on the reply, else not observed."""
    first = ticket.first_reply
    if first is not None and first.data.agent is not None and ticket.via != "agent":
        labels = {"agent": situation.label("agent", first.data.agent)}
        waited = first.time - ticket.created_at
        if waited >= 0:
            yield seconds("agent_first_response_time_seconds", first.time, labels, waited)
    for waiting in ticket.waitings:
        reply = waiting.reply
        if reply is not None and reply.data.agent is not None and reply.time >= waiting.start:
            labels = {"agent": situation.label("agent", reply.data.agent)}
            waited = reply.time - waiting.start
            yield seconds("agent_reply_time_seconds", reply.time, labels, waited)


def survey_facts(
    situation: Situation, ticket: Ticket | None, answer: SurveyAnswered
) -> Iterator[Fact]:
    """CSAT: the last solve with time <= the answer's, without one the event's agent.

    ESAT: the event's agent. Both also have `scale`.
    """
    agent = answer.data.agent
    if answer.data.kind == "csat":
        before = [solve for solve in ticket.solves if solve.time <= answer.time] if ticket else []
        if ticket is not None and before:
            agent = credited(ticket, before[-1])
    elif answer.data.kind != "esat":
        return
    if agent is not None:
        labels = {"agent": situation.label("agent", agent)}
        if answer.data.kind == "csat":
            yield from satisfaction(situation.policy, "agent_csat_score", answer, labels)
        else:
            yield score_fact("agent_esat_score", answer, labels)
