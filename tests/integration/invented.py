"""Invented histories that end near now, so that short windows, deadlines and the skew matter.

And the settings that count everything of them.
"""

from collections.abc import Iterable
from random import Random
from typing import Final

from msgspec.structs import replace

from schemas.events import Event
from schemas.scalars import DAY, HOUR, MINUTE, SECOND, Milliseconds
from tests.histories import business, life

OLDEST: Final = 390 * DAY  # within the horizon
# How long ago a history ended; below 0: it goes on for a while.
ENDS: Final = (
    *(-60 * SECOND, -20 * SECOND, 0, 10 * SECOND, 4 * MINUTE, 29 * MINUTE, 59 * MINUTE),
    *(2 * HOUR, 6 * HOUR, DAY - MINUTE, DAY, 3 * DAY, 8 * DAY, 31 * DAY),
)

POLICY: Final = {
    "dimensions": {"priority": ["low", "high", "urgent"], "queue": ["billing", "tech"]},
    "windows": ["5m", "1h", "1d", "7d", "90d"],
    "previous_windows": ["1d"],
    "agents": {"enabled": True},
    "calendars": {"office": {"zone": "Europe/Warsaw", "hours": {"mon-sun": ["09:00-21:00"]}}},
    "business_calendar": "office",
    "sla": [
        {
            "id": "urgent",
            "match": {"priority": ["urgent", "high"]},
            "targets": {"first_response": "15m", "next_reply": "1h", "resolution": "8h"},
        },
        {
            "id": "standard",
            "calendar": "office",
            "targets": {"first_response": "4h", "resolution": "3d"},
        },
    ],
}


def histories(random: Random, now: int, tickets: int) -> list[list[Event]]:
    """Return the events of so many tickets, and of a third as many other things."""
    found = [life(random, f"t{number}") for number in range(tickets)]
    found += [business(random, f"b{number}") for number in range(tickets // 3)]
    moved = (list(ending(each, now - random.choice(ENDS), now)) for each in found if each)
    return [each for each in moved if each]


def ending(events: list[Event], end: int, now: int) -> Iterable[Event]:
    """Yield the events moved so that the last is at `end`; without those that are too old."""
    offset = end - max(event.time for event in events)
    for event in events:
        time = event.time + offset
        if time > now - OLDEST:
            yield replace(event, time=Milliseconds(time))
