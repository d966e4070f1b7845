"""What Prometheus sees of the workers, beside what the oracle works out.

Each worker is scraped at an instant of its own. What the workers show together therefore lies
between what the oracle says of the earliest and of the latest of these instants: for all but the
few series that grow with time itself, these are one number.
"""

import asyncio
from collections.abc import Mapping
from fractions import Fraction
from time import monotonic, time
from typing import Final

from tests.end_to_end.formulas import FORMULAS, Numbers
from tests.end_to_end.stack import JOB, Stack
from tests.integration.comparison import together, worked_out
from tests.integration.workers import Page
from tests.monitoring.prometheus import Vector

EVERYTHING: Final = f'{{job="{JOB}",__name__=~"helpdesk_.+"}}'
SNAPSHOT: Final = "helpdesk_pipeline_snapshot_timestamp_seconds"
# What it counts when two samples of a page are one series, when a page is too large or out of
# order, and when a rule cannot be evaluated.
TROUBLE_NAMES: Final = (
    "prometheus_target_scrapes_sample_duplicate_timestamp_total",
    "prometheus_target_scrapes_sample_out_of_order_total",
    "prometheus_target_scrapes_exceeded_sample_limit_total",
    "prometheus_rule_evaluation_failures_total",
)
TROUBLES: Final = f'{{job="prometheus",__name__=~"{"|".join(TROUBLE_NAMES)}"}}'
# A scrape a second, a rule twice a second, and two busy cores.
GRACE_SECONDS: Final = 15.0
# Fewer series that are one number at all instants would prove little.
LEAST_EXACT: Final = 1000
# Prometheus calculates in floats.
EXACT: Final = 1e-12


def pages(seen: Vector) -> list[Page]:
    """Return what Prometheus has of each worker, as the worker wrote it."""
    found: dict[str, Page] = {}
    for metric, value in seen.items():
        labels = dict(metric)
        name, instance = labels.pop("__name__"), labels.pop("instance")
        del labels["job"]
        key = name, frozenset(labels.items())
        found.setdefault(instance, {})[key] = Fraction(repr(value))
    return list(found.values())


def without_empty_labels(page: Page) -> Page:
    """Return a page as Prometheus keeps it: an empty label is none."""
    return {
        (name, frozenset(label for label in labels if label[1])): value
        for (name, labels), value in page.items()
    }


async def seen_wrongly(stack: Stack) -> list[str]:
    """Return a line for each series that is not what the oracle says; some seconds are granted."""
    deadline = monotonic() + GRACE_SECONDS
    while True:
        found = pages(await asyncio.to_thread(stack.prometheus.query, EVERYTHING))
        instants = [int(page[SNAPSHOT, frozenset()] * 1000) for page in found]
        wrong = compared(stack, found, instants) if instants else ["no worker"]
        if not wrong or monotonic() > deadline:
            return wrong
        await asyncio.sleep(0.5)


def compared(stack: Stack, found: list[Page], instants: list[int]) -> list[str]:
    """Return a line for each series of the workers' pages that is not what the oracle says."""
    shown = together(found)
    policy = stack.site.settings.policy
    early, late = (
        without_empty_labels(worked_out(stack.events, policy, at))
        for at in (min(instants), max(instants))
    )
    wrong = []
    for key in sorted(shown.keys() | early.keys() | late.keys(), key=str):
        number, bounds = shown.get(key, 0), sorted((early.get(key, 0), late.get(key, 0)))
        if not bounds[0] <= number <= bounds[1]:
            oracle = " to ".join(str(float(bound)) for bound in bounds)
            wrong.append(f"{key[0]}{dict(key[1])} is {float(number)}, by the oracle {oracle}")
    exact = sum(1 for key, value in early.items() if late.get(key) == value)
    if exact < LEAST_EXACT:
        wrong.append(f"only {exact} series are one number between {instants}")
    return wrong


async def complaints(stack: Stack) -> Vector:
    """Return what Prometheus counts of its own troubles with our pages and rules, above 0."""
    counted = await asyncio.to_thread(stack.prometheus.query, TROUBLES)
    assert {dict(metric)["__name__"] for metric in counted} == set(TROUBLE_NAMES)
    return {metric: count for metric, count in counted.items() if count}


async def recorded_wrongly(stack: Stack) -> list[str]:
    """Return a line for each recording that is not what the oracle's numbers give."""
    deadline = monotonic() + GRACE_SECONDS
    while True:
        at = int(time() * 1000)
        numbers = worked_out(stack.events, stack.site.settings.policy, at)
        wrong = []
        for record, formula in FORMULAS.items():
            recorded = {
                frozenset(label for label in metric if label[0] not in {"__name__", "job"}): value
                for metric, value in (
                    await asyncio.to_thread(stack.prometheus.query, record, at / 1000)
                ).items()
            }
            if not same(recorded, formula(numbers)):
                wrong.append(f"{record} is {recorded}, by the oracle {formula(numbers)}")
        if not wrong or monotonic() > deadline:
            return wrong
        await asyncio.sleep(0.5)


def same(recorded: Mapping[frozenset[tuple[str, str]], float], wanted: Numbers) -> bool:
    """Return whether both have the same series with the same numbers, and some at all."""
    return recorded.keys() == wanted.keys() != set() and all(
        abs(recorded[key] - float(value)) <= EXACT * max(1.0, abs(float(value)))
        for key, value in wanted.items()
    )
