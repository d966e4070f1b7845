"""Rolling and previous windows: facts -> samples. (Contract 2 and 3; rulings 28 and 31.)"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from functools import cache
from zoneinfo import ZoneInfo

from schemas.policy import CalendarWindows, Policy
from schemas.scalars import DAY, EPOCH, HOUR, MILLISECOND, MINUTE, SECOND
from tests.oracle.facts import Fact, Labels

Value = Fraction | int
Sample = tuple[str, Labels, Value]

WINDOWS = {
    "5m": 5 * MINUTE,
    "30m": 30 * MINUTE,
    "1h": HOUR,
    "2h": 2 * HOUR,
    "6h": 6 * HOUR,
    "1d": DAY,
    "3d": 3 * DAY,
    "7d": 7 * DAY,
    "30d": 30 * DAY,
    "90d": 90 * DAY,
}
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
SLA_WINDOWS = tuple(name for name in WINDOWS if name != "90d")
PANES = (
    SECOND,
    5 * SECOND,
    15 * SECOND,
    MINUTE,
    5 * MINUTE,
    15 * MINUTE,
    HOUR,
    6 * HOUR,
    DAY,
)


def pane(window: int) -> int:
    """Return the widest pane that is <= a sixtieth of the window."""
    return max(width for width in PANES if width <= window // 60)


def window_start(name: str, t: int) -> int:
    """Return the first millisecond of a window at t: (floor(t/pane) + 1) * pane - W."""
    window = WINDOWS[name]
    width = pane(window)
    return (t // width + 1) * width - window


def periods(policy: Policy, family: str, t: int) -> Iterator[tuple[str, str, int, int]]:
    """Yield prefix, window, start and end (exclusive) of what a family shows at t.

    Contract 3: previous is [start - W, start). Ruling 31: sla windows are always 5m to 30d, and
    of the previous windows those up to 30d.
    """
    sla = family.startswith("sla_")
    for name in SLA_WINDOWS if sla else policy.windows:
        yield "helpdesk_rolling_", name, window_start(name, t), t + 1
    if policy.calendar_windows is not None and not sla:
        for name, start in calendar_starts(policy.calendar_windows, t).items():
            yield "helpdesk_rolling_", name, start, t + 1
    for name in policy.previous_windows:
        if not sla or name in SLA_WINDOWS:
            start = window_start(name, t)
            yield "helpdesk_previous_", name, start - WINDOWS[name], start


@cache
def calendar_starts(windows: CalendarWindows, t: int) -> dict[str, int]:
    """Return where today, this week, this month and this quarter began at t."""
    zone = ZoneInfo(windows.zone)
    today = local_date(t, zone)
    back = (today.weekday() - WEEKDAYS.index(windows.week_starts)) % 7
    first_month = 3 * ((today.month - 1) // 3) + 1
    return {
        "today": first_minute(today, zone),
        "this_week": first_minute(today - timedelta(days=back), zone),
        "this_month": first_minute(today.replace(day=1), zone),
        "this_quarter": first_minute(today.replace(month=first_month, day=1), zone),
    }


def local_date(t: int, zone: ZoneInfo) -> date:
    return (EPOCH + t * MILLISECOND).astimezone(zone).date()


def first_minute(day: date, zone: ZoneInfo) -> int:
    """Return the first minute that has this date on the wall, whatever the DST."""
    midnight = (datetime(day.year, day.month, day.day, tzinfo=UTC) - EPOCH) // MILLISECOND
    minutes = range(midnight - DAY, midnight + DAY, MINUTE)
    return next(minute for minute in minutes if local_date(minute, zone) == day)


def rolling_samples(policy: Policy, facts: Iterable[Fact], t: int) -> Iterator[Sample]:
    """Yield the samples of all facts in all windows."""
    series: dict[tuple[object, ...], list[Fact]] = defaultdict(list)
    for fact in facts:
        if fact.time <= t:
            series[fact.family, tuple(sorted(fact.labels.items()))].append(fact)
    for same in series.values():
        first = same[0]
        for prefix, name, start, end in periods(policy, first.family, t):
            shown = [fact for fact in same if start <= fact.time < end]
            labels = {**first.labels, "window": name}
            yield from render(prefix + first.family, labels, shown)


def render(name: str, labels: Labels, facts: list[Fact]) -> Iterator[Sample]:
    """Yield a gauge's sum, or the buckets, count and sum of a gauge histogram."""
    if not facts:
        return
    unit, bounds = facts[0].unit, facts[0].bounds
    total = Fraction(sum(fact.value for fact in facts), unit)
    if bounds is None:
        yield name, labels, total
        return
    yield name + "_gsum", labels, total
    yield name + "_gcount", labels, len(facts)
    for bound in bounds:
        within = sum(fact.value <= bound for fact in facts)
        yield name + "_bucket", {**labels, "le": le(bound, unit)}, within
    yield name + "_bucket", {**labels, "le": "+Inf"}, len(facts)


def le(bound: int, unit: int) -> str:
    """Ruling 28: `le` is rendered as a float."""
    return repr(bound / unit)
