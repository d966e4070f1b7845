"""Attributes of a ticket over time. (Contract 2; 7, rulings 9, 11, 12.)

A line is the steps of one attribute: (instant, value) in order, None where a value was taken
away. Equal neighbours are left out.
"""

from typing import Final

Line = list[tuple[int, str | None]]

QUEUE: Final = 0
CHANNEL: Final = 1
PRIORITY: Final = 2
TOPIC: Final = 3
CUSTOMER: Final = 4
AGENT: Final = 5
ATTRIBUTES: Final = ("queue", "channel", "priority", "topic", "customer", "agent")


def add_step(line: Line, at: int, value: str | None) -> bool:
    """Append a step unless it changes nothing; return whether it was added."""
    if line and line[len(line) - 1][1] == value:
        return False
    line.append((at, value))
    return True


def in_force(line: Line, at: int) -> str | None:
    """Return the value after all events of `at`; None if there is none."""
    value: str | None = None
    for start, step in line:
        if start > at:
            break
        value = step
    return value


def label_at(line: Line, at: int) -> str | None:
    """Return the value that a fact of `at` carries.

    The one in force; if none was set by then, the first one set later. A value that was taken
    away is none, without looking forward.
    """
    count = len(line)
    if count == 0:
        return None
    value: str | None = None
    was_set = False
    for start, step in line:
        if start > at:
            if was_set:
                return value
            if step is not None:
                return step
        else:
            value = step
            if step is not None:
                was_set = True
    return value


def label_now(line: Line) -> str | None:
    """Return the value after the last step."""
    count = len(line)
    return line[count - 1][1] if count else None
