"""How long a ticket was worked on: in new or open, while assigned to an agent."""

from streams.entities.attributes import AGENT, Line
from streams.entities.ticket import PENDING, Ticket


def handle_time(ticket: Ticket, until: int) -> int:
    """Return the time from creation to `until` in new and open while assigned to an agent."""
    assigned = ticket.lines[AGENT]
    if not assigned:
        return 0
    total = 0
    steps = ticket.steps
    count = len(steps)
    for i in range(count):
        begin, status = steps[i]
        if status >= PENDING:
            continue
        end = steps[i + 1][0] if i + 1 < count else until
        end = min(end, until)
        if end > begin:
            total += assigned_time(assigned, begin, end)
    return total


def assigned_time(line: Line, begin: int, end: int) -> int:
    """Return the time in [begin, end) in which an agent was assigned."""
    total = 0
    count = len(line)
    for i in range(count):
        start, agent = line[i]
        if agent is None:
            continue
        until = line[i + 1][0] if i + 1 < count else end
        start = max(start, begin)
        until = min(until, end)
        if until > start:
            total += until - start
    return total
