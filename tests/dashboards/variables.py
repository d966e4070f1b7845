"""Grafana's variables in a query, replaced as Grafana does it."""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

# What a reader sees who has chosen nothing.
EVERYTHING: Final[Mapping[str, str]] = MappingProxyType(
    {
        "job": "deskpulse",
        "queue": ".*",
        "channel": ".*",
        "priority": ".*",
        "agent": ".*",
        "currency": ".*",
        "window": "1d",
        "__rate_interval": "1m",
    }
)
# $name, ${name} and ${name:format}.
VARIABLE: Final = re.compile(r"\$(?:(\w+)|\{(\w+)(?::\w+)?\})")


def substituted(expression: str, values: Mapping[str, str] = EVERYTHING) -> str:
    """Return a query with values in place of its variables. Raises KeyError for an unknown one."""
    return VARIABLE.sub(lambda match: values[match[1] or match[2]], expression)
