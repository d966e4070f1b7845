"""What the demo plays: a helpdesk whose hour passes in a minute, and its configuration."""

from typing import Final

import yaml

from schemas.scalars import DAY, HOUR, MINUTE
from streams.demo.helpdesk import Plan
from streams.demo.staff import CHANNELS, PRIORITIES, QUEUES
from streams.demo.view import WINDOWS

SEED: Final = 13  # an incident in the first morning
PACE: Final = 60
TICKETS_A_DAY: Final = 700
DAYS: Final = 365  # six days of ours
PARTITIONS: Final = 8

# The simulation begins on a Monday, the demo on the Thursday, shortly before the rush hour.
# What came before is sent at once, so that windows of an hour, two and a half days, are full.
OPENING: Final = 4 * DAY
BEGINNING: Final = OPENING + 3 * DAY + 8 * HOUR + 30 * MINUTE


def plan(now: int) -> Plan:
    """Return the plan of a helpdesk whose clock shows BEGINNING at `now`."""
    return Plan(
        tickets=TICKETS_A_DAY * DAYS,
        days=DAYS,
        seed=SEED,
        start=now - (BEGINNING - OPENING) // PACE,
        opening=OPENING,
        pace=PACE,
        # Targets without a calendar would all be breached overnight, and hide the rush hour.
        night_shift=True,
    )


def clock(plan: Plan, now: int) -> int:
    """Return what the helpdesk's clock shows at `now`."""
    return plan.opening + (now - plan.start) * plan.pace


def configuration(*, bootstrap_servers: str, prefix: str, listen: str) -> str:
    """Return the configuration of a worker: a deskpulse.yaml.

    Targets are those of a helpdesk, an hour for a minute: first response within one hour for
    urgent tickets, within four for the others.
    """
    return yaml.safe_dump(
        {
            "kafka": {
                "bootstrap_servers": bootstrap_servers,
                "group": f"{prefix}deskpulse",
                "topic_prefix": prefix,
                "partitions": PARTITIONS,
                "session_timeout": "6s",
                "checkpoint_interval": "500ms",
            },
            "dimensions": {
                "queue": list(QUEUES),
                "channel": list(CHANNELS),
                "priority": list(PRIORITIES),
            },
            "windows": list(WINDOWS),
            "sla": [
                {
                    "id": "urgent",
                    "match": {"priority": ["urgent", "high"]},
                    "objective": 0.95,
                    "targets": {"first_response": "75s", "next_reply": "75s", "resolution": "10m"},
                },
                {
                    "id": "standard",
                    "objective": 0.9,
                    "targets": {"first_response": "4m", "next_reply": "4m", "resolution": "24m"},
                },
            ],
            "metrics": {"listen": listen},
        },
        sort_keys=False,
    )
