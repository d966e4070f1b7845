"""What a panel says about its series: their names, units, colours and words for values."""

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from tests.pictures.look import NAMED
from tests.pictures.units import FORMS


class Field(NamedTuple):
    """How the values of a series are shown.

    `steps` are (from which value on, name of a colour), rising; `words` take the place of values.
    """

    unit: str
    steps: tuple[tuple[float, str], ...]
    words: Mapping[float, tuple[str, str]]
    dashed: bool

    def color(self, value: float) -> str:
        """Return the colour of a value."""
        if value in self.words:
            return NAMED[self.words[value][1]]
        return NAMED[[name for least, name in self.steps if value >= least][-1]]

    def text(self, value: float) -> str:
        """Return a value as people read it."""
        return self.words[value][0] if value in self.words else FORMS[self.unit](value)


def field(panel: Mapping[str, Any], name: str) -> Field:
    """Return how a panel shows the series of this name."""
    config = panel["fieldConfig"]
    own: dict[str, Any] = {}
    for override in config["overrides"]:
        if matches(override["matcher"], name):
            own |= {each["id"]: each["value"] for each in override["properties"]}
    known = config["defaults"]
    steps = own.get("thresholds", known["thresholds"])["steps"]
    return Field(
        own.get("unit", known["unit"]),
        tuple((-float("inf") if s["value"] is None else s["value"], s["color"]) for s in steps),
        {
            float(value): (result["text"], result["color"])
            for mapping in known.get("mappings", ())
            for value, result in mapping["options"].items()
        },
        own.get("custom.lineStyle", {}).get("fill") == "dash",
    )


def matches(matcher: Mapping[str, str], name: str) -> bool:
    """Return whether an override is about the series of this name."""
    wanted = matcher["options"]
    if matcher["id"] == "byName":
        return wanted == name
    assert matcher["id"] == "byRegexp", matcher
    return re.search(wanted.strip("/"), name) is not None
