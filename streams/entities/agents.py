"""Who is credited with what. (Contract 3, last part; 7, ruling 30.)

Times go to the agent named on the reply, solves and their handle time to whom the solve is
credited, a reopen to the solve before it. Nobody to credit: no fact.
"""

from streams.entities.handling import handle_time
from streams.entities.rules import Rules
from streams.entities.ticket import NEVER, SOLVED, Ticket
from streams.facts.facts import AGENT_FIRST_REPLY, AGENT_REOPEN, AGENT_REPLY, AGENT_SOLVED, Row


def agent_facts(rules: Rules, ticket: Ticket, out: list[Row]) -> None:
    """Append what a ticket says of its agents."""
    agents = rules.agent
    created = ticket.created
    agent = ticket.first_reply_agent
    at = ticket.first_reply
    if agent is not None and at != NEVER and at >= created and not ticket.via_agent:
        out.append((AGENT_FIRST_REPLY, at, agents.code(agent), at - created))
    for wait in ticket.waits:
        if wait.agent is not None and wait.end >= wait.start:
            code = agents.code(wait.agent)
            out.append((AGENT_REPLY, wait.end, code, wait.end - wait.start))
    for number, at in enumerate(ticket.reopens):
        agent = ticket.credited(number)
        if agent is not None:
            out.append((AGENT_REOPEN, at, agents.code(agent)))
    if ticket.status >= SOLVED and ticket.solves:
        last = len(ticket.solves) - 1
        agent = ticket.credited(last)
        if agent is not None:
            at = ticket.solves[last]
            observed = 1 if at >= created else 0
            code = agents.code(agent)
            out.append((AGENT_SOLVED, at, code, handle_time(ticket, at), observed))
