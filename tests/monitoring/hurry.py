"""Rules and configurations of Prometheus and Alertmanager in which a minute lasts two seconds."""

from typing import Any, Final

from schemas.duration import milliseconds, written
from schemas.scalars import SECOND

FASTER: Final = 30
# How long something has to hold, outlives its cause, or is waited for. Spans of time that are
# looked back on, and repetitions, stay as they are.
PAUSES: Final = {"for", "keep_firing_for", "group_wait", "group_interval"}
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
    if key in PAUSES:
        return written(milliseconds(value) // FASTER)
    return written(SECOND) if key in INTERVALS else hurried(value)
