"""Some days of the simulated helpdesk."""

from typing import Final

from schemas.decode import decode
from schemas.events import Event
from schemas.rejected import Rejected
from schemas.scalars import DAY, instant
from streams.demo.helpdesk import Plan, simulate

# The helpdesk's own clock: the same days again and again, whenever the test runs.
OPENING: Final = instant("2026-01-05T00:00:00Z")
# Long enough for KPIs that look some days ahead; no urgent ticket is overdue at their end.
DAYS: Final = 9
TICKETS: Final = 14
SEED: Final = 39


def simulated_days(until: int) -> list[Event]:
    """Return the events of some simulated days that end at an instant."""
    plan = Plan(tickets=TICKETS, days=DAYS, seed=SEED, start=until - DAYS * DAY, opening=OPENING)
    events = [decode(each.value) for each in simulate(plan)]
    return [each for each in events if not isinstance(each, Rejected)]
