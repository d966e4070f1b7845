"""Service level agreements: what was kept and broken, and what is about to be."""

from typing import Final

from schemas.policy import Policy
from streams.facts.facts import CLOCK
from streams.kpis.examples import SLA
from streams.kpis.kpi import Example, Kpi, Level, Query
from streams.kpis.promql import level, rolling, total

CLOCK_LABELS: Final = ("sla", "target", "queue", "priority")
BY: Final = ("sla", "target")
JUDGED: Final = Example(
    """
    10:00  t1  created  queue=tech
    10:40  t1  reply    ann
    10:00  t2  created  queue=tech
    11:20  t2  reply    ann
    -> 12:00  sla_evaluated{sla="all",target="first_response"} 2
    -> 12:00  sla_breached{sla="all",target="first_response"} 1
    """,
    SLA,
)
RUNS: Final = Example(
    """
    10:00  t1  created  queue=tech
    10:20  t2  created  queue=tech
    -> 10:50  sla_running{target="first_response"} 2
    -> 10:50  sla_due_soon{target="first_response"} 1
    -> 10:50  sla_next_deadline_timestamp_seconds{target="first_response"} 1780311600
    -> 11:10  sla_running{target="first_response"} 1
    -> 11:10  sla_overdue{target="first_response"} 1
    """,
    SLA,
)

KPIS: Final = (
    Kpi(
        family="sla_evaluated",
        fact=CLOCK,
        labels=CLOCK_LABELS,
        windows="sla",
        title="SLA targets judged",
        help="SLA targets judged, met or breached.",
        definition="A breach at its deadline, a target met at its fulfilment. Always over the "
        "windows from 5m to 30d.",
        formula="number of clocks that were fulfilled in time or passed their deadline",
        source="Zendesk: achieved and breached targets; those that still run are apart",
        example=JUDGED,
    ),
    Kpi(
        family="sla_breached",
        fact=CLOCK,
        labels=CLOCK_LABELS,
        where=lambda clock: clock.breached > 0,
        windows="sla",
        title="SLA targets breached",
        help="SLA targets breached.",
        definition="Dated at the deadline. Attainment = 1 - breached / evaluated.",
        formula="number of clocks that passed their deadline",
        source="Zendesk: breached targets, dated at the deadline",
        queries=(
            Query(
                "SLA attainment",
                f"1 - {total(rolling('sla_breached'), *BY)} / "
                f"{total(rolling('sla_evaluated'), *BY)}",
                "ratio",
            ),
        ),
        example=JUDGED,
    ),
)

RUNNING: Final = Level(
    family="sla_running",
    labels=CLOCK_LABELS,
    title="SLA clocks running",
    help="SLA clocks that run towards a deadline.",
    definition="A paused clock has no deadline and does not run.",
    formula="number of clocks with a deadline > t",
    source="Zendesk: active targets",
    example=RUNS,
)
OVERDUE: Final = Level(
    family="sla_overdue",
    labels=CLOCK_LABELS,
    title="SLA clocks overdue",
    help="SLA clocks past their deadline, not yet fulfilled.",
    definition="A resolution is overdue whenever the ticket is unresolved after its breach.",
    formula="number of clocks that were breached and not ended since",
    source="Zendesk and Freshservice: overdue tickets",
    example=RUNS,
)
DUE_SOON: Final = Level(
    family="sla_due_soon",
    labels=CLOCK_LABELS,
    title="SLA clocks due soon",
    help="Running SLA clocks with little time left on them.",
    definition="`due_soon` of the policy, by default a quarter of the target.",
    formula="number of running clocks with time left <= due_soon",
    source="Zammad: escalation warnings",
    example=RUNS,
)
NEXT_DEADLINE: Final = Level(
    family="sla_next_deadline_timestamp_seconds",
    labels=BY,
    title="Next SLA deadline",
    help="The next deadline of a running SLA clock. Aggregate with min.",
    definition="Shown as an instant: subtract time() for the time left.",
    formula="min of the deadlines of running clocks",
    unit="seconds since 1970-01-01",
    aggregate="min",
    source="Zammad: next escalation",
    queries=(
        Query(
            "Seconds left until the next deadline",
            f"min by (sla, target) ({level('sla_next_deadline_timestamp_seconds')}) - time()",
            "seconds",
        ),
    ),
    example=RUNS,
)
OBJECTIVE: Final = Level(
    family="sla_objective_ratio",
    labels=("sla",),
    title="SLA objective",
    help="Share of targets that shall be met. Aggregate with max.",
    formula="`objective` of the policy",
    unit="ratio",
    aggregate="max",
    example=Example("10:00  t1  created\n-> 11:00  sla_objective_ratio 0.9", SLA),
)
TARGET: Final = Level(
    family="sla_target_seconds",
    labels=BY,
    title="SLA target",
    help="Configured SLA target, in time of the policy's calendar. Aggregate with max.",
    formula="`targets` of the policy",
    unit="seconds",
    aggregate="max",
    example=Example(
        '10:00  t1  created\n-> 11:00  sla_target_seconds{target="resolution"} 28800', SLA
    ),
)

LEVELS: Final = (RUNNING, OVERDUE, DUE_SOON, NEXT_DEADLINE, OBJECTIVE, TARGET)


def kpis(policy: Policy) -> tuple[Kpi, ...]:
    """Return the KPIs of service levels; none where no policy is configured."""
    return KPIS if policy.sla else ()
