"""Recording rules from the catalogue: means, quantiles, ratios and what is left of a budget."""

from collections.abc import Callable, Iterator
from typing import Final

from schemas.policy import Policy
from streams.artifacts.rule import (
    Recording,
    aggregate,
    mean_of,
    part_of,
    quantile_of,
    recorded,
    total,
)
from streams.kpis.catalogue import catalogue
from streams.kpis.kpi import COUNTS, LEVEL, PREVIOUS, ROLLING, SCALE, SECONDS, Kpi

SLA: Final = ("sla",)
SLA_TARGET: Final = ("sla", "target")
SLA_BREACHED: Final = "helpdesk_rolling_sla_breached_per_evaluated"
OBJECTIVE: Final = recorded(SLA, "helpdesk_sla_objective", "max")
BUDGET_LEFT: Final = recorded(SLA, "helpdesk_sla_error_budget_remaining", "ratio")
REVENUE_PER_CUSTOMER: Final = recorded(
    ("currency",), f"{LEVEL}customer_revenue_per_customers", "ratio"
)
UNRESOLVED: Final = "helpdesk_tickets_unresolved"
WAITING_SINCE: Final = "helpdesk_oldest_waiting_timestamp_seconds"

# Series that differ in these are never added up, in whatever family they are.
APART: Final = ("agent", "currency", "kind", "scale", "within")

# part / whole: a share or a rate of each, over the same window.
RATIOS: Final = (
    ("tickets_resolved_automated", "tickets_resolved"),
    ("tickets_reopened", "tickets_resolved"),
    ("tickets_resolved_transferred", "tickets_resolved"),
    ("tickets_resolved_escalated", "tickets_resolved"),
    ("fcr_resolved", "fcr_eligible"),
    ("fcr_marked_yes", "fcr_marked"),
    ("fcr_survey_yes", "fcr_survey_answers"),
    ("acr_resolved", "acr_eligible"),
    ("agent_acr_resolved", "agent_acr_eligible"),
    ("contacts_repeat", "contacts"),
    ("tickets_converted", "tickets_opened"),
    ("surveys_answered", "surveys_sent"),
    ("calls_abandoned", "calls"),
    ("reviews_passed", "reviews"),
    ("reviews_script_followed", "reviews_script_checked"),
    ("contacts", "orders"),
    ("complaints", "orders"),
)
ONE_TOUCH_WHOLE: Final = {
    "deskpulse": "tickets_resolved_replied",
    "zendesk": "tickets_resolved",
    "zendesk_messaging": "tickets_resolved",
}
# Scale and highest score that does not count as satisfied.
SATISFIED: Final = {
    "csat_score": ("1-5", "3.0"),
    "ces_score": ("1-7", "4.0"),
    "esat_score": ("1-5", "3.0"),
}
SATISFIED_RATIO: Final = "satisfied_ratio"
NET_PROMOTER_RATIO: Final = "net_promoter_ratio"
COSTS: Final = ("tickets_resolved", "contacts")


def recordings(policy: Policy) -> Iterator[Recording]:
    """Yield every recording rule of this policy. Raises DeskpulseError, as the catalogue does."""
    kpis = {kpi.family: kpi for kpi in sorted(catalogue(policy), key=lambda kpi: kpi.family)}
    for prefix in (ROLLING, PREVIOUS) if policy.previous_windows else (ROLLING,):
        for kpi in kpis.values():
            yield from _distribution(prefix, kpi)
        for part, whole in ratios(policy):
            if part in kpis and whole in kpis:
                shared = [level for level in levels(kpis[part]) if level in levels(kpis[whole])]
                for labels in shared or [()]:
                    yield _ratio(prefix, part, whole, labels)
        for family in COSTS:
            if family in kpis and "cost" in kpis:
                yield _cost_per(prefix, family)
    yield _ratio(ROLLING, "channel_available_seconds", "channel_promised_seconds", ("channel",))
    yield from _levels()
    if {"sla_evaluated", "sla_breached"} <= kpis.keys():
        yield from _service_levels()


def ratios(policy: Policy) -> tuple[tuple[str, str], ...]:
    """Return what is divided by what under the definitions in force."""
    one_touch = ONE_TOUCH_WHOLE[policy.definitions.one_touch]
    return (("tickets_resolved_one_touch", one_touch), *RATIOS)


def levels(kpi: Kpi) -> tuple[tuple[str, ...], ...]:
    """Return the labels to keep, but for `window`: as few as may be, then by queue or channel."""
    names = (*kpi.labels, *(label for label, _ in kpi.extra))
    apart = tuple(sorted(label for label in names if label in APART))
    finer = next((label for label in ("queue", "channel") if label in names), None)
    return (apart,) if finer is None else (apart, (finer, *apart))


def ratio_name(prefix: str, part: str, whole: str, labels: tuple[str, ...]) -> str:
    """Return the name under which part / whole is recorded by these labels and the window."""
    return recorded((*labels, "window"), f"{prefix}{part}_per_{whole}", "ratio")


def _ratio(prefix: str, part: str, whole: str, labels: tuple[str, ...]) -> Recording:
    by = (*labels, "window")
    return Recording(
        ratio_name(prefix, part, whole, labels),
        part_of(total(prefix + part, *by), total(prefix + whole, *by)),
    )


def _distribution(prefix: str, kpi: Kpi) -> Iterator[Recording]:
    if kpi.buckets is None:
        return
    name = prefix + kpi.family
    for labels in levels(kpi):
        by = (*labels, "window")
        count = total(f"{name}_gcount", *by)
        yield Recording(recorded(by, name, "mean"), mean_of(total(f"{name}_gsum", *by), count))
        if kpi.buckets in (SECONDS, COUNTS):
            buckets = total(f"{name}_bucket", *by, "le")
            for percent in (50, 90) if kpi.buckets == SECONDS else ():
                yield Recording(
                    recorded(by, name, f"p{percent}"), quantile_of(percent / 100, buckets, count)
                )
        if kpi.buckets == SCALE:
            yield from _scores(name, kpi.family, by)


def _scores(name: str, family: str, by: tuple[str, ...]) -> Iterator[Recording]:
    def up_to(scale: str, bound: str) -> str:
        return total(f'{name}_bucket{{scale="{scale}",le="{bound}"}}', *by)

    for operation, expression in shares_of_scores(family, up_to):
        yield Recording(recorded(by, name, operation), expression)


def shares_of_scores(family: str, up_to: Callable[[str, str], str]) -> Iterator[tuple[str, str]]:
    """Yield each share of answers with high scores as operation and expression.

    `up_to` gives the number of answers on a scale up to a bound.
    """
    if family in SATISFIED:
        scale, low = SATISFIED[family]
        yield SATISFIED_RATIO, f"1 - {up_to(scale, low)} / ({up_to(scale, '+Inf')} > 0)"
    if family == "nps_score":
        answers, passives, detractors = (up_to("0-10", bound) for bound in ("+Inf", "8.0", "6.0"))
        yield (
            NET_PROMOTER_RATIO,
            f"({answers} - {passives} - {detractors}) / ({answers} > 0)",
        )


def _cost_per(prefix: str, family: str) -> Recording:
    cost = total(f"{prefix}cost", "currency", "window")
    count = f"({total(prefix + family, 'window')} > 0)"
    return Recording(
        ratio_name(prefix, "cost", family, ("currency",)),
        f"{cost} / on (job, window) group_left () {count}",
    )


def _levels() -> Iterator[Recording]:
    for labels in ((), ("queue",)):
        yield Recording(recorded(labels, UNRESOLVED, "sum"), total(UNRESOLVED, *labels))
        ages = f"{UNRESOLVED}_age_seconds"
        yield Recording(
            recorded(labels, ages, "p90"),
            f"histogram_quantile(0.9, {total(f'{ages}_bucket', *labels, 'le')})"
            f" and ({total(f'{ages}_gcount', *labels)} > 0)",
        )
        yield Recording(
            recorded(labels, WAITING_SINCE, "min"), aggregate("min", WAITING_SINCE, *labels)
        )
    base, retained = f"{LEVEL}customers_retention_base", f"{LEVEL}customers_retained"
    yield Recording(
        recorded(("period",), f"{retained}_per_customers_retention_base", "ratio"),
        part_of(total(retained, "period"), total(base, "period")),
    )
    customers = f"({total(f'{LEVEL}customers')} > 0)"
    revenue = total(f"{LEVEL}customer_revenue", "currency")
    yield Recording(
        REVENUE_PER_CUSTOMER,
        f"{revenue} / on (job) group_left () {customers}",
    )


def _service_levels() -> Iterator[Recording]:
    breached, evaluated = f"{ROLLING}sla_breached", f"{ROLLING}sla_evaluated"
    for labels in (SLA, SLA_TARGET, ("queue", *SLA_TARGET)):
        by = (*labels, "window")
        due, late = total(evaluated, *by), total(breached, *by)
        yield Recording(recorded(by, evaluated, "sum"), due)
        yield Recording(recorded(by, SLA_BREACHED, "ratio"), part_of(late, due))
        yield Recording(
            recorded(by, f"{ROLLING}sla_attainment", "ratio"),
            f"1 - {recorded(by, SLA_BREACHED, 'ratio')}",
        )
    yield Recording(OBJECTIVE, aggregate("max", "helpdesk_sla_objective_ratio", "sla"))
    share = recorded((*SLA, "window"), SLA_BREACHED, "ratio")
    yield Recording(
        BUDGET_LEFT,
        f'1 - {share}{{window="30d"}} / on (job, sla) (1 - {OBJECTIVE})',
    )
