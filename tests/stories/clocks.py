"""What stories of service levels share: policies, and what is shown of their clocks."""

from typing import Any

from schemas.policy import Calendar, Policy, SlaPolicy, SlaTargets
from tests.story import Shown

# 1 June 2026, 00:00 UTC, in seconds.
MIDNIGHT = 1780272000
OFFICE = Calendar("Europe/Warsaw", {"mon-fri": ("09:00-17:00",)})


def sla(
    name: str = "all", *, match: dict[str, tuple[str, ...]] | None = None, **rest: Any
) -> SlaPolicy:
    """Return a policy with the targets among `rest`."""
    names = ("first_response", "next_reply", "resolution")
    targets = SlaTargets(**{target: rest.pop(target) for target in names if target in rest})
    return SlaPolicy(id=name, match=match or {}, targets=targets, **rest)


def policy(*policies: SlaPolicy) -> Policy:
    return Policy(sla=policies, calendars={"office": OFFICE})


def judged(now: Shown, **labels: str) -> tuple[int, int]:
    """Return how many clocks were evaluated and breached within a day."""
    return int(now.value("sla_evaluated", **labels)), int(now.value("sla_breached", **labels))


def standing(now: Shown, **labels: str) -> tuple[int, int, int]:
    """Return how many clocks run, are due soon, are overdue."""
    running = now.level("sla_running", **labels)
    return (
        int(running),
        int(now.level("sla_due_soon", **labels)),
        int(now.level("sla_overdue", **labels)),
    )
