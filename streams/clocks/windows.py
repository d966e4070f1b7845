"""Windows and their panes. (Contract 2.)

A window W at t covers (floor(t / pane) + 1) * pane - W <= time <= t: whole panes, the newest one
only until t.
"""

from typing import Final

from schemas.duration import milliseconds
from schemas.policy import WINDOW_NAMES
from schemas.scalars import DAY, HOUR, MINUTE, SECOND

WINDOWS: Final = {name: milliseconds(name) for name in WINDOW_NAMES}
SLA_WINDOWS: Final = tuple(name for name, width in WINDOWS.items() if width <= 30 * DAY)
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
