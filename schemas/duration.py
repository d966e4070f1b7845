"""Durations as people write them in the settings: 500ms, 90s, 15m, 4h, 3d."""

import re
from typing import Final

from schemas.scalars import DAY, HOUR, MINUTE, SECOND

UNITS: Final = {"d": DAY, "h": HOUR, "m": MINUTE, "s": SECOND, "ms": 1}
FORM: Final = re.compile(r"(\d{1,15})(ms|s|m|h|d)", re.ASCII)


def milliseconds(text: str) -> int:
    """Return the duration in milliseconds. Raises ValueError if `text` is none."""
    match = FORM.fullmatch(text)
    if match is None:
        raise ValueError
    return int(match[1]) * UNITS[match[2]]


def written(duration: int) -> str:
    """Return a duration in milliseconds as people write it, in the widest unit that fits."""
    for unit, length in UNITS.items():
        if duration and duration % length == 0:
            return f"{duration // length}{unit}"
    return "0s"
