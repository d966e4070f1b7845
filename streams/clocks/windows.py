"""Windows and their panes. (Contract 2.)

A window W at t covers (floor(t / pane) + 1) * pane - W <= time <= t: whole panes, the newest one
only until t.
"""

from typing import Final

from schemas.scalars import DAY, HOUR, MINUTE, SECOND

WINDOWS: Final = {
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
SLA_WINDOWS: Final = ("5m", "30m", "1h", "2h", "6h", "1d", "3d", "7d", "30d")
PANES: Final = (
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


def pane_width(window: int) -> int:
    """Return the pane of a window, both in milliseconds: the widest that is <= window / 60."""
    return max(pane for pane in PANES if pane * 60 <= window)


def window_start(window: str, t: int) -> int:
    """Return the beginning of a window at t, in milliseconds."""
    width = WINDOWS[window]
    pane = pane_width(width)
    return (t // pane + 1) * pane - width
