"""What the live page shows, made from one reading: tiles, rows a queue, points of the charts.

Pure. "No data" is a dash, never 0; an average never stands without its count.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from streams.demo.metrics import Reading, ratio

NO_DATA: Final = "–"

OPENED: Final = "helpdesk_rolling_tickets_opened"
RESOLVED: Final = "helpdesk_rolling_tickets_resolved"
ONE_TOUCH: Final = "helpdesk_rolling_tickets_resolved_one_touch"
REPLIED: Final = "helpdesk_rolling_tickets_resolved_replied"
REOPENED: Final = "helpdesk_rolling_tickets_reopened"
REOPENS: Final = "helpdesk_rolling_ticket_reopens"
FIRST_RESPONSE: Final = "helpdesk_rolling_first_response_time_seconds"
RESOLUTION: Final = "helpdesk_rolling_resolution_time_seconds"
CSAT: Final = "helpdesk_rolling_csat_score"
NPS: Final = "helpdesk_rolling_nps_score"
EVALUATED: Final = "helpdesk_rolling_sla_evaluated"
BREACHED: Final = "helpdesk_rolling_sla_breached"
UNRESOLVED: Final = "helpdesk_tickets_unresolved"
WAITING: Final = "helpdesk_tickets_waiting"
OLDEST_WAITING: Final = "helpdesk_oldest_waiting_timestamp_seconds"
RUNNING: Final = "helpdesk_sla_running"
DUE_SOON: Final = "helpdesk_sla_due_soon"
OVERDUE: Final = "helpdesk_sla_overdue"

# The samples that this page reads.
SHOWN: Final = frozenset(
    (
        *(OPENED, RESOLVED, ONE_TOUCH, REPLIED, REOPENED, REOPENS, EVALUATED, BREACHED),
        *(UNRESOLVED, WAITING, OLDEST_WAITING, RUNNING, DUE_SOON, OVERDUE),
        *(
            f"{family}{suffix}"
            for family in (FIRST_RESPONSE, RESOLUTION, CSAT, NPS)
            for suffix in ("_bucket", "_gcount", "_gsum")
        ),
    )
)
# A mean of fewer answers says nothing about a queue's mood; the charts leave it out.
ANSWERS_MIN: Final = 5

TARGETS: Final = {
    "first_response": "first reply",
    "next_reply": "next",
    "resolution": "resolution",
}

Tone = Literal["calm", "warn", "bad"]


@dataclass(frozen=True)
class Tile:
    """One number with its unit, what it rests on, and whether somebody should worry."""

    title: str
    value: str
    unit: str = ""
    note: str = ""
    tone: Tone = "calm"


@dataclass(frozen=True)
class QueueRow:
    """The numbers of one queue, as text."""

    queue: str
    opened: str
    unresolved: str
    waiting: str
    first_response: str
    first_response_p90: str
    one_touch: str
    sla: str
    csat: str
    tone: Tone  # of `sla`


Point = Mapping[str, float | None]
"""The values of the charts at one instant, by name; None: no data."""


def count(value: float | None) -> str:
    """Return a count with its thousands set apart."""
    return NO_DATA if value is None else f"{value:,.0f}".replace(",", "\u202f")


def percent(share: float | None) -> str:
    """Return a share of 1 as a number of percent; only all is 100, only nothing is 0."""
    if share is None:
        return NO_DATA
    if 0 < share < 1:
        return f"{min(99.9, max(0.1, share * 100)):.{1 if share > 0.99 or share < 0.01 else 0}f}"
    return f"{share * 100:.0f}"


def decimal(value: float | None) -> str:
    """Return a score with one digit after the point."""
    return NO_DATA if value is None else f"{value:.1f}"


def replies(number: float) -> str:
    """Return how many answers a score rests on."""
    return f"{count(number)} {'answer' if number == 1 else 'answers'}"


def signed(value: float | None) -> str:
    """Return a whole number with its sign; the minus is a minus, not a hyphen."""
    return NO_DATA if value is None else f"{value:+.0f}".replace("-", "\u2212")


def duration(seconds: float | None) -> str:
    """Return seconds in the two largest units that say something: 42 s, 3 m 05 s, 2 h 10 m."""
    if seconds is None:
        return NO_DATA
    whole = round(seconds)
    for size, unit, smaller, name in (
        (86400, "d", 3600, "h"),
        (3600, "h", 60, "m"),
        (60, "m", 1, "s"),
    ):
        if whole >= size:
            rest = whole % size // smaller
            return f"{whole // size} {unit} {rest:0{1 if unit == 'd' else 2}} {name}"
    return f"{whole} s"


def attained(reading: Reading, window: str, **labels: str | None) -> float | None:
    """Return the share of judged SLA targets that were met, or None if none was judged."""
    evaluated = reading.sum(EVALUATED, window=window, **labels)
    missed = ratio(reading.sum(BREACHED, window=window, **labels), evaluated)
    return None if missed is None else 1 - missed


def promoter_score(reading: Reading, window: str) -> float | None:
    """Return the net promoter score, -100 to 100: share of 9-10 minus share of 0-6."""
    counts = dict(reading.buckets(NPS, window=window, scale="0-10"))
    answers = counts.get(float("inf"), 0)
    return ratio(100 * (answers - counts.get(8.0, 0) - counts.get(6.0, 0)), answers)


def content(reading: Reading, window: str) -> float | None:
    """Return the share of CSAT answers of 4 or 5."""
    counts = dict(reading.buckets(CSAT, window=window, scale="1-5"))
    answers = counts.get(float("inf"), 0)
    return ratio(answers - counts.get(3.0, 0), answers)


def one_touch(reading: Reading, window: str, queue: str | None = None) -> float | None:
    """Return the share of the tickets resolved with a reply that needed exactly one."""
    return ratio(
        reading.sum(ONE_TOUCH, window=window, queue=queue),
        reading.sum(REPLIED, window=window, queue=queue),
    )


def tone(value: float | None, *, good: float, poor: float) -> Tone:
    """Return how worrying a value is that should be high."""
    if value is None or value >= good:
        return "calm"
    return "warn" if value >= poor else "bad"


def tiles_now(reading: Reading) -> list[Tile]:
    """Return what is true at this moment, whatever the window."""
    statuses = [
        (status, reading.sum(UNRESOLVED, status=status))
        for status in ("new", "open", "pending", "hold")
    ]
    oldest = reading.least(OLDEST_WAITING)
    waited = None if oldest is None else reading.at / 1000 - oldest
    overdue = reading.sum(OVERDUE)
    due_soon = reading.sum(DUE_SOON)
    return [
        Tile(
            "Unresolved",
            count(sum(tickets for _, tickets in statuses)),
            "tickets",
            " · ".join(f"{count(tickets)} {status}" for status, tickets in statuses),
        ),
        Tile(
            "Waiting for us",
            count(reading.sum(WAITING)),
            "customers",
            f"the longest for {duration(waited)}" if waited is not None else "nobody waits",
        ),
        Tile(
            "SLA due soon",
            count(due_soon),
            f"of {count(reading.sum(RUNNING))} clocks",
            "a quarter of the target is left, or less",
            "warn" if due_soon else "calm",
        ),
        Tile(
            "SLA overdue",
            count(overdue),
            "tickets" if overdue != 1 else "ticket",
            by_target(reading) if overdue else "nothing is late",
            "bad" if overdue else "calm",
        ),
    ]


def by_target(reading: Reading) -> str:
    """Return how many clocks of each target are overdue."""
    return " · ".join(
        f"{count(late)} {name}"
        for target, name in TARGETS.items()
        if (late := reading.sum(OVERDUE, target=target))
    )


def tiles_of_window(reading: Reading, window: str) -> list[Tile]:
    """Return what happened within the window."""
    resolved = reading.sum(RESOLVED, window=window)
    replied = reading.sum(REPLIED, window=window)
    one = one_touch(reading, window)
    met = attained(reading, window)
    csat = reading.mean(CSAT, window=window, scale="1-5")
    answers = reading.sum(f"{CSAT}_gcount", window=window, scale="1-5")
    promoters = promoter_score(reading, window)
    reopens = reading.sum(REOPENS, window=window)
    return [
        Tile(
            "Opened",
            count(reading.sum(OPENED, window=window)),
            "tickets",
            f"{count(resolved)} resolved",
        ),
        _time_tile(reading, "First response", FIRST_RESPONSE, window),
        _time_tile(reading, "Resolution", RESOLUTION, window),
        Tile(
            "SLA met",
            percent(met),
            "%" if met is not None else "",
            " · ".join(
                f"{name} {percent(share)} %"
                for target, name in TARGETS.items()
                if (share := attained(reading, window, target=target)) is not None
            )
            or "no target was due",
            tone(met, good=0.9, poor=0.8),
        ),
        Tile(
            "Satisfaction (CSAT)",
            decimal(csat),
            "of 5" if csat is not None else "",
            f"{percent(content(reading, window))} % gave 4 or 5 · {replies(answers)}"
            if csat is not None
            else "no answers",
            tone(csat, good=4, poor=3.4),
        ),
        Tile(
            "Recommend us (NPS)",
            signed(promoters),
            "",
            f"\u2212100 to +100 · {replies(reading.sum(f'{NPS}_gcount', window=window))}",
        ),
        Tile(
            "One-touch",
            percent(one),
            "%" if one is not None else "",
            f"solved with one reply, of {count(replied)}" if replied else "nothing resolved",
        ),
        Tile(
            "Reopened",
            count(reopens),
            "times",
            f"{count(reading.sum(REOPENED, window=window))} of them for the first time",
        ),
    ]


def _time_tile(reading: Reading, title: str, family: str, window: str) -> Tile:
    observed = reading.sum(f"{family}_gcount", window=window)
    median, late = (reading.quantile(q, family, window=window) for q in (0.5, 0.9))
    if median is None:
        return Tile(title, NO_DATA, "", "nothing to measure")
    return Tile(
        title,
        duration(median),
        "median",
        f"p90 {duration(late)} · mean {duration(reading.mean(family, window=window))}"
        f" · {count(observed)} tickets",
    )


def queue_rows(reading: Reading, window: str, queues: tuple[str, ...]) -> list[QueueRow]:
    """Return the numbers of each queue."""
    return [_queue_row(reading, window, queue) for queue in queues]


def _queue_row(reading: Reading, window: str, queue: str) -> QueueRow:
    met = attained(reading, window, queue=queue)
    return QueueRow(
        queue=queue,
        opened=count(reading.sum(OPENED, window=window, queue=queue)),
        unresolved=count(reading.sum(UNRESOLVED, queue=queue)),
        waiting=count(reading.sum(WAITING, queue=queue)),
        first_response=duration(reading.quantile(0.5, FIRST_RESPONSE, window=window, queue=queue)),
        first_response_p90=duration(
            reading.quantile(0.9, FIRST_RESPONSE, window=window, queue=queue)
        ),
        one_touch=percent(one_touch(reading, window, queue)),
        sla=percent(met),
        csat=decimal(reading.mean(CSAT, window=window, scale="1-5", queue=queue)),
        tone=tone(met, good=0.9, poor=0.8),
    )


def point(reading: Reading, window: str) -> Point:
    """Return the values that the charts draw for this instant."""
    met = {target: attained(reading, window, target=target) for target in TARGETS}
    first, resolution = met["first_response"], met["resolution"]
    answers = reading.sum(f"{CSAT}_gcount", window=window, scale="1-5")
    csat = reading.mean(CSAT, window=window, scale="1-5") if answers >= ANSWERS_MIN else None
    return {
        "opened": reading.sum(OPENED, window=window),
        "resolved": reading.sum(RESOLVED, window=window),
        "unresolved": reading.sum(UNRESOLVED),
        "waiting": reading.sum(WAITING),
        "first response p50": reading.quantile(0.5, FIRST_RESPONSE, window=window),
        "first response p90": reading.quantile(0.9, FIRST_RESPONSE, window=window),
        "first response met": None if first is None else 100 * first,
        "resolution met": None if resolution is None else 100 * resolution,
        "csat": csat,
        "due soon": reading.sum(DUE_SOON),
        "overdue": reading.sum(OVERDUE),
    }
