"""Alerts about the service that customers get."""

from collections.abc import Iterator
from typing import Final

from msgspec import Struct

from schemas.alerts import Alerts
from schemas.policy import Policy, SlaPolicy
from schemas.scalars import SECOND
from schemas.settings import Settings
from streams.artifacts import recordings as names
from streams.artifacts.recordings import OBJECTIVE, SLA, SLA_BREACHED, UNRESOLVED, ratio_name
from streams.artifacts.rule import Alert, Severity, aggregate, nearest, one_of, recorded, total
from streams.kpis.catalogue import catalogue
from streams.kpis.kpi import PREVIOUS, ROLLING

# Long window, short window, factor, severity: what a budget of 30 days is burnt at.
BURN_RATES: Final[tuple[tuple[str, str, float, Severity], ...]] = (
    ("1h", "5m", 14.4, "critical"),
    ("6h", "30m", 6, "critical"),
    ("1d", "2h", 3, "warning"),
    ("3d", "6h", 1, "warning"),
)
# Longer than it takes to see that a worker is down: its absence is not told as an end.
KEEP: Final = "5m"


class Trend(Struct, frozen=True):
    """A KPI that may fall: where it is recorded, and what it is counted from."""

    alert: str
    families: tuple[str, ...]
    recording: tuple[str, str]
    count: str
    labels: tuple[str, ...]
    summary: str
    description: str


TRENDS: Final = (
    Trend(
        "HelpdeskCsatFalling",
        ("csat_score",),
        ("csat_score", "mean"),
        "csat_score_gcount",
        ("scale",),
        "Customers are less satisfied than before.",
        'The mean CSAT score on the scale {{ $labels.scale }} is {{ printf "%.2f" $value }}',
    ),
    Trend(
        "HelpdeskFirstContactResolutionFalling",
        ("fcr_resolved", "fcr_eligible"),
        ("fcr_resolved_per_fcr_eligible", "ratio"),
        "fcr_eligible",
        (),
        "Fewer tickets are resolved at first contact than before.",
        "{{ $value | humanizePercentage }} of the tickets were resolved at first contact",
    ),
    Trend(
        "HelpdeskActiveContactResolutionFalling",
        ("acr_resolved", "acr_eligible"),
        ("acr_resolved_per_acr_eligible", "ratio"),
        "acr_eligible",
        ("within",),
        "More customers come back after an interaction than before.",
        "{{ $value | humanizePercentage }} of the interactions were followed by no contact within "
        "{{ $labels.within }}",
    ),
)


def service_alerts(settings: Settings) -> Iterator[Alert]:
    """Yield the alerts that this configuration can fire. (Contract 3 and 4.)"""
    policy, limits = settings.policy, settings.alerts
    families = {kpi.family for kpi in catalogue(policy)}
    if policy.sla:
        yield from _service_levels(limits)
    if {"sla_evaluated", "sla_breached"} <= families:
        yield from _burning(policy.sla, limits)
    yield _oldest_waiting(limits)
    if not policy.windows:
        return
    day, hour = nearest(policy.windows, "1d"), nearest(policy.windows, "1h")
    if (
        "unresolved_tickets" in policy.targets
        and {"tickets_opened", "tickets_resolved"} <= families
    ):
        yield _backlog(policy, day)
    if "first_response_time_seconds" in families:
        yield from _first_response(policy, limits, day)
    if "resolution_time_seconds" in families:
        yield from _resolution(limits, day)
    if {"calls", "calls_abandoned"} <= families:
        yield _abandonment(limits, hour)
    yield _channel_down(limits, hour)
    compared = tuple(window for window in policy.previous_windows if window in policy.windows)
    if compared:
        yield from _falling(families, limits, nearest(compared, "7d"))


def _service_levels(limits: Alerts) -> Iterator[Alert]:
    by = ("queue", *names.SLA_TARGET)
    yield Alert(
        name="HelpdeskSlaOverdue",
        expr=f"{total('helpdesk_sla_overdue', *by)} > {limits.overdue_tickets}",
        severity="critical",
        component="service",
        wait="1m",
        keep=KEEP,
        summary="Tickets are past their SLA's deadline.",
        description="{{ $value }} ticket(s) of queue {{ $labels.queue }} are past the "
        "{{ $labels.target }} deadline of SLA {{ $labels.sla }} and still wait.",
    )
    yield Alert(
        name="HelpdeskSlaDueSoon",
        expr=f"{total('helpdesk_sla_due_soon', *by)} > {limits.due_soon_tickets}",
        severity="warning",
        component="service",
        wait="2m",
        keep=KEEP,
        summary="Many tickets are close to their SLA's deadline.",
        description="{{ $value }} ticket(s) of queue {{ $labels.queue }} are about to miss the "
        "{{ $labels.target }} deadline of SLA {{ $labels.sla }}.",
    )


def _burning(policies: tuple[SlaPolicy, ...], limits: Alerts) -> Iterator[Alert]:
    share = recorded((*SLA, "window"), SLA_BREACHED, "ratio")
    count = recorded((*SLA, "window"), f"{ROLLING}sla_evaluated", "sum")
    for long, short, factor, severity in BURN_RATES:
        able = [sla.id for sla in policies if can_burn(sla, factor)]
        if not able:
            continue
        over = f"> on (job, sla) {factor} * (1 - {OBJECTIVE})"
        yield Alert(
            name="HelpdeskSlaErrorBudgetBurn",
            expr=f'{share}{{sla=~{one_of(able)},window="{long}"}} {over}\n'
            f'and on (job, sla) {share}{{window="{short}"}} {over}\n'
            f'and on (job, sla) {count}{{window="{long}"}} >= {limits.least_events}',
            severity=severity,
            component="service",
            wait="2m",
            keep=KEEP,
            labels={"long": long, "short": short},
            summary="An SLA's error budget is burning too fast.",
            description=f"{{{{ $value | humanizePercentage }}}} of the targets of SLA "
            f"{{{{ $labels.sla }}}} were missed in the last {long}: at least {factor} times "
            "what a 30-day budget allows.",
        )


def can_burn(sla: SlaPolicy, factor: float) -> bool:
    """Return whether a share of breaches can be so large: more than all cannot be breached."""
    return sla.objective is not None and factor * (1 - sla.objective) < 1


def _backlog(policy: Policy, window: str) -> Alert:
    by_queue = isinstance(policy.targets["unresolved_tickets"], dict)
    labels = ("queue",) if by_queue else ()
    opened, resolved = (
        total(f'{ROLLING}{family}{{window="{window}"}}', *labels)
        for family in ("tickets_opened", "tickets_resolved")
    )
    whose = "of queue {{ $labels.queue }}" if by_queue else "of all queues"
    return Alert(
        name="HelpdeskBacklogGrowing",
        expr=f"{recorded(labels, UNRESOLVED, 'sum')} > {_target('unresolved_tickets', labels)}\n"
        f"and {opened} - ({resolved} or 0 * {opened}) > 0",
        severity="warning",
        component="service",
        wait="1h",
        keep=KEEP,
        summary="The backlog is over its target and growing.",
        description=f"{{{{ $value }}}} tickets {whose} are unresolved, more than the target; "
        f"in the last {window} more were opened than resolved.",
    )


def _target(kpi: str, labels: tuple[str, ...]) -> str:
    return aggregate("max", f'helpdesk_target{{kpi="{kpi}"}}', *labels)


def _oldest_waiting(limits: Alerts) -> Alert:
    since = recorded(("queue",), names.WAITING_SINCE, "min")
    return Alert(
        name="HelpdeskOldestWaiting",
        expr=f"time() - {since} > {limits.oldest_waiting // SECOND}",
        severity="warning",
        component="service",
        wait="5m",
        keep=KEEP,
        summary="A customer has waited too long for a reply.",
        description="In queue {{ $labels.queue }} a customer has waited "
        "{{ $value | humanizeDuration }} for a reply.",
    )


def _first_response(policy: Policy, limits: Alerts, window: str) -> Iterator[Alert]:
    metric = f"{ROLLING}first_response_time_seconds"
    at = f'{{window="{window}"}}'
    buckets = total(f"{metric}_bucket{at}", "queue", "le")
    enough = _enough(total(f"{metric}_gcount{at}", "queue"), limits)
    share = limits.first_response_share
    yield Alert(
        name="HelpdeskFirstResponseShareLow",
        expr=f"histogram_quantile({share}, {buckets}) > {limits.first_response // SECOND}\n"
        f"and on (job, queue) {enough}",
        severity="warning",
        component="service",
        wait="10m",
        keep=KEEP,
        summary="Too few tickets get their first response in time.",
        description=f"In queue {{{{ $labels.queue }}}} {share:.0%} of the first responses of the "
        f"last {window} took up to {{{{ $value | humanizeDuration }}}}, more than promised.",
    )
    if "first_response_p90" in policy.targets:
        by_queue = isinstance(policy.targets["first_response_p90"], dict)
        over = "> " if by_queue else "> on (job) group_left () "
        over += _target("first_response_p90", ("queue",) if by_queue else ())
        p90 = recorded(("queue", "window"), metric, "p90")
        yield Alert(
            name="HelpdeskFirstResponseSlow",
            expr=f"sum without (window) ({p90}{at}) {over}\nand on (job, queue) {enough}",
            severity="warning",
            component="service",
            wait="10m",
            keep=KEEP,
            summary="First responses are slower than their target.",
            description="In queue {{ $labels.queue }} one in ten first responses of the last "
            f"{window} took longer than {{{{ $value | humanizeDuration }}}}, over the target.",
        )


def _resolution(limits: Alerts, window: str) -> Iterator[Alert]:
    metric, at = f"{ROLLING}resolution_time_seconds", f'{{window="{window}"}}'
    median = recorded(("queue", "window"), metric, "p50")
    enough = _enough(total(f"{metric}_gcount{at}", "queue"), limits)
    steps: tuple[tuple[int, Severity], ...] = (
        (limits.resolution, "info"),
        (limits.resolution_alarm, "warning"),
    )
    for limit, severity in steps:
        yield Alert(
            name="HelpdeskResolutionSlow",
            expr=f"sum without (window) ({median}{at}) > {limit // SECOND}\n"
            f"and on (job, queue) {enough}",
            severity=severity,
            component="service",
            wait="30m",
            keep=KEEP,
            summary="Tickets take too long to be resolved.",
            description="In queue {{ $labels.queue }} half of the tickets resolved in the last "
            f"{window} took longer than {{{{ $value | humanizeDuration }}}}.",
        )


def _abandonment(limits: Alerts, window: str) -> Alert:
    share = ratio_name(ROLLING, "calls_abandoned", "calls", ("queue",))
    at = f'{{window="{window}"}}'
    return Alert(
        name="HelpdeskCallsAbandoned",
        expr=f"sum without (window) ({share}{at}) > {limits.abandonment}\n"
        f"and on (job, queue) {_enough(total(f'{ROLLING}calls{at}', 'queue'), limits)}",
        severity="warning",
        component="service",
        wait="10m",
        keep=KEEP,
        summary="Too many callers hang up before they are answered.",
        description="{{ $value | humanizePercentage }} of the calls to queue "
        f"{{{{ $labels.queue }}}} were abandoned in the last {window}.",
    )


def _channel_down(limits: Alerts, window: str) -> Alert:
    available, promised = (
        total(f'{ROLLING}channel_{kind}_seconds{{window="{window}"}}', "channel")
        for kind in ("available", "promised")
    )
    return Alert(
        name="HelpdeskChannelDown",
        expr=f"{promised} - ({available} or 0 * {promised}) > {limits.channel_down // SECOND}\n"
        f"and on (job, channel) {total('helpdesk_channel_available', 'channel')} == 0",
        severity="critical",
        component="service",
        wait="1m",
        keep=KEEP,
        summary="A channel is down in hours in which it is promised.",
        description="Channel {{ $labels.channel }} is down; of the promised time of the last "
        f"{window} it missed {{{{ $value | humanizeDuration }}}}.",
    )


def _falling(families: set[str], limits: Alerts, window: str) -> Iterator[Alert]:
    fall = f"over {limits.fall:.0%} less than in the {window} before."
    for trend in TRENDS:
        if not set(trend.families) <= families:
            continue
        on = f"on ({', '.join(('job', *trend.labels))})"
        at = f'{{window="{window}"}}'
        metric, operation = trend.recording
        by = (*trend.labels, "window")
        now, before = (
            f"sum without (window) ({recorded(by, prefix + metric, operation)}{at})"
            for prefix in (ROLLING, PREVIOUS)
        )
        enough = "\n".join(
            f"and {on} {_enough(total(f'{prefix}{trend.count}{at}', *trend.labels), limits)}"
            for prefix in (ROLLING, PREVIOUS)
        )
        yield Alert(
            name=trend.alert,
            expr=f"{now} < {on} {round(1 - limits.fall, 6)} * {before}\n{enough}",
            severity="warning",
            component="service",
            wait="1h",
            keep=KEEP,
            summary=trend.summary,
            description=f"{trend.description}, by the last {window}: {fall}",
        )


def _enough(count: str, limits: Alerts) -> str:
    return f"{count} >= {limits.least_events}"
