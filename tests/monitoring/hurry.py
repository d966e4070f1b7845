"""Rules in which a minute lasts two seconds, and an Alertmanager that tells at once."""

from typing import Any, Final

from schemas.duration import milliseconds, written
from schemas.scalars import SECOND

# By how much a pause is shorter: how long something has to hold or outlives its cause, and how
# long messages are gathered. Spans that are looked back on, and repetitions, stay as they are.
FASTER: Final = {"for": 30, "keep_firing_for": 30, "group_wait": 150, "group_interval": 150}
# How often Prometheus looks. More often than once a second would only keep two cores busy.
INTERVALS: Final = {"interval", "evaluation_interval", "scrape_interval"}


def hurried(node: Any) -> Any:
    """Return the same with every pause and interval shorter, and nothing else changed."""
    match node:
        case dict():
            return {key: _hurried(key, value) for key, value in node.items()}
        case list():
            return [hurried(each) for each in node]
        case _:
            return node


def _hurried(key: str, value: Any) -> Any:
    if key in FASTER:
        return written(milliseconds(value) // FASTER[key])
    return written(SECOND) if key in INTERVALS else hurried(value)
