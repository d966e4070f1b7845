"""What workers show together, beside what the oracle works out at the same instant."""

from collections.abc import Sequence
from fractions import Fraction
from time import monotonic
from typing import Final

from schemas.events import Event
from schemas.policy import Policy
from tests.engine_numbers import MAXIMA, MINIMA
from tests.integration.workers import Key, Page, Worker, pages, settled
from tests.oracle import evaluate

# A held event that comes due makes its ticket say something about its customer, which reaches
# the customer with the next checkpoint.
GRACE_SECONDS: Final = 20.0

Differences = dict[Key, tuple[Fraction | None, Fraction | None]]


async def differences(
    workers: Sequence[Worker], events: Sequence[Event], policy: Policy, partitions: int
) -> Differences:
    """Return every series of which the sum over the workers is not the oracle's: shown, expected.

    Some seconds are granted before a difference counts as one.
    """
    deadline = monotonic() + GRACE_SECONDS
    while True:
        await settled(workers, partitions)
        at, found = await pages(workers)
        shown, expected = together(found), worked_out(events, policy, at)
        wrong = {
            key: (shown.get(key), expected.get(key))
            for key in shown.keys() | expected.keys()
            if shown.get(key) != expected.get(key)
        }
        if not wrong or monotonic() > deadline:
            return wrong


def worked_out(events: Sequence[Event], policy: Policy, at: int) -> Page:
    """Return what the oracle works out, without zeros."""
    return {key: Fraction(value) for key, value in evaluate(events, policy, at).items() if value}


def together(found: Sequence[Page]) -> Page:
    """Return the KPIs of all workers, aggregated as their kind asks for, without zeros."""
    sums: Page = {}
    for page in found:
        for key, value in page.items():
            name = key[0]
            if is_pipeline(name):
                continue
            if key not in sums:
                sums[key] = value
            elif name in MINIMA:
                sums[key] = min(sums[key], value)
            elif name in MAXIMA:
                sums[key] = max(sums[key], value)
            else:
                sums[key] += value
    return {key: value for key, value in sums.items() if value}


def is_pipeline(name: str) -> bool:
    """Return whether a sample is about the workers, not about the helpdesk."""
    if name == "helpdesk_pipeline_tickets_incomplete":
        return False
    return name.startswith("helpdesk_pipeline_") or name == "helpdesk_build_info"
