"""KPIs by hand, from counts, sums and buckets: what some recording rules have to give."""

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Final

from tests.integration.workers import Page

Numbers = dict[frozenset[tuple[str, str]], Fraction]


def total(page: Page, name: str, by: tuple[str, ...], **having: str) -> Numbers:
    """Return the sums of a family's samples that have some labels, by other labels."""
    sums: Numbers = {}
    for (found, labels), value in page.items():
        own = dict(labels)
        if found == name and having.items() <= own.items():
            key = frozenset((label, own[label]) for label in by)
            sums[key] = sums.get(key, Fraction(0)) + value
    return sums


def divided(part: Mapping[frozenset[tuple[str, str]], Fraction], whole: Numbers) -> Numbers:
    """Return part / whole where there is a whole; without a part 0."""
    return {key: part.get(key, Fraction(0)) / value for key, value in whole.items() if value}


def ratio(part: str, whole: str, *by: str) -> Callable[[Page], Numbers]:
    """Return the formula of a share."""
    return lambda page: divided(total(page, part, by), total(page, whole, by))


def mean(family: str, *by: str) -> Callable[[Page], Numbers]:
    """Return the formula of a mean."""
    return ratio(f"{family}_gsum", f"{family}_gcount", *by)


def complement(formula: Callable[[Page], Numbers]) -> Callable[[Page], Numbers]:
    """Return the formula of what is left of 1."""
    return lambda page: {key: 1 - value for key, value in formula(page).items()}


def satisfied(page: Page) -> Numbers:
    """Return the share of scores of 4 and 5."""
    family, by = "helpdesk_rolling_csat_score_bucket", ("scale", "window")
    low = total(page, family, by, scale="1-5", le="3.0")
    return complement(lambda _: divided(low, total(page, family, by, scale="1-5", le="+Inf")))(
        page
    )


def net_promoters(page: Page) -> Numbers:
    """Return the share of 9 and 10 without that of 0 to 6."""
    family, by = "helpdesk_rolling_nps_score_bucket", ("scale", "window")
    answers, to_8, to_6 = (
        total(page, family, by, scale="0-10", le=bound) for bound in ("+Inf", "8.0", "6.0")
    )
    return {
        key: (count - to_8.get(key, 0) - to_6.get(key, 0)) / count
        for key, count in answers.items()
    }


ROLLING: Final = "helpdesk_rolling_"
BREACHED: Final = ratio(f"{ROLLING}sla_breached", f"{ROLLING}sla_evaluated", "sla", "window")
FIRST_RESPONSE: Final = f"{ROLLING}first_response_time_seconds"

FORMULAS: Final[dict[str, Callable[[Page], Numbers]]] = {
    f"job_sla_window:{ROLLING}sla_attainment:ratio": complement(BREACHED),
    f"job_window:{FIRST_RESPONSE}:mean": mean(FIRST_RESPONSE, "window"),
    f"job_queue_window:{FIRST_RESPONSE}:mean": mean(FIRST_RESPONSE, "queue", "window"),
    f"job_scale_window:{ROLLING}csat_score:mean": mean(f"{ROLLING}csat_score", "scale", "window"),
    f"job_scale_window:{ROLLING}csat_score:satisfied_ratio": satisfied,
    f"job_scale_window:{ROLLING}nps_score:net_promoter_ratio": net_promoters,
    f"job_window:{ROLLING}fcr_resolved_per_fcr_eligible:ratio": ratio(
        f"{ROLLING}fcr_resolved", f"{ROLLING}fcr_eligible", "window"
    ),
    "job_queue:helpdesk_tickets_unresolved:sum": lambda page: total(
        page, "helpdesk_tickets_unresolved", ("queue",)
    ),
}
