"""What page and terminal say about a view."""

from datetime import UTC, datetime
from typing import Final

from schemas.scalars import MINUTE, SECOND
from streams.demo.board import (
    CSAT,
    OVERDUE,
    UNRESOLVED,
    WAITING,
    attained,
    count,
    decimal,
    percent,
)
from streams.demo.view import View

DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
STATUS_WINDOW: Final = "5m"


def helpdesk_clock(clock: int) -> str:
    """Return what the helpdesk's own clock shows, such as Thu 09:41."""
    moment = datetime.fromtimestamp(clock // MINUTE * 60, UTC)
    return f"{DAYS[moment.weekday()]} {moment:%H:%M}"


def verdict_line(view: View) -> str:
    """Return the verdict, the line that matters most."""
    if view.verdict is None:
        return "Equal to the batch evaluation: not checked yet"
    differences = len(view.verdict.differences)
    answer = "yes" if view.verdict.equal else f"no, {differences} series differ"
    return f"Equal to the batch evaluation: {answer}"


def verdict_details(view: View) -> str:
    """Return when the verdict was reached, over how much, and how it was before."""
    if view.verdict is None:
        return "waiting for the workers"
    return (
        f"checked {seconds_ago(view)} · {count(view.verdict.series)} series · "
        f"{count(view.verdict.events)} events · {checks(view)}"
    )


def status_line(view: View) -> str:
    """Return the verdict and the helpdesk in one line of a terminal, which may be narrow."""
    parts = [helpdesk_clock(view.clock)]
    if view.verdict is not None:
        equal = "equal" if view.verdict.equal else "NOT EQUAL"
        parts.append(f"{equal} {seconds_ago(view)}, {checks(view)}")
    if view.missing:
        parts.append(f"{view.missing} partitions not counted")
    if view.reading is not None:
        parts += [
            f"unresolved {count(view.reading.sum(UNRESOLVED))}",
            f"waiting {count(view.reading.sum(WAITING))}",
            f"overdue {count(view.reading.sum(OVERDUE))}",
            f"SLA met {percent(attained(view.reading, STATUS_WINDOW))} %",
            f"CSAT {decimal(view.reading.mean(CSAT, window=STATUS_WINDOW, scale='1-5'))}",
        ]
    return "  ".join(parts)


def checks(view: View) -> str:
    """Return how many checks went well."""
    return f"{count(view.checks - view.unequal)} of {count(view.checks)} checks equal"


def seconds_ago(view: View) -> str:
    """Return how long ago the last check ended."""
    assert view.verdict is not None
    return f"{max(0, view.now - view.verdict.checked) // SECOND} s ago"
