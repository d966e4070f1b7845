"""What hurries a test changes the pauses, and nothing else."""

from collections.abc import Iterator
from typing import Any, Final

import pytest
import yaml

from schemas.duration import milliseconds
from tests.monitoring.hurry import FASTER, INTERVALS, hurried
from tests.rules.tools import DEPLOY

FILES: Final = (
    "prometheus/prometheus.yml",
    "prometheus/rules/deskpulse-alerts.yml",
    "prometheus/rules/deskpulse-recordings.yml",
    "alertmanager/alertmanager.yml",
)
Place = tuple[str | int, ...]


def leaves(node: Any, place: Place = ()) -> Iterator[tuple[Place, Any]]:
    """Yield every value of a document with its place."""
    if isinstance(node, dict | list):
        for key, value in node.items() if isinstance(node, dict) else enumerate(node):
            yield from leaves(value, (*place, key))
    else:
        yield place, node


@pytest.mark.parametrize("file", FILES)
def test_pauses_are_shorter_and_nothing_else_is_changed(file: str) -> None:
    document = yaml.safe_load((DEPLOY / file).read_text("utf-8"))
    before, after = dict(leaves(document)), dict(leaves(hurried(document)))
    assert before.keys() == after.keys()
    changed = {place for place, value in before.items() if after[place] != value}
    assert changed
    assert {place[-1] for place in changed} <= FASTER.keys() | INTERVALS
    for place in changed:
        if (faster := FASTER.get(str(place[-1]))) is None:
            assert after[place] == "1s"
        else:
            assert milliseconds(after[place]) == milliseconds(before[place]) // faster


@pytest.mark.parametrize(
    ("key", "pause", "shorter"),
    [
        ("for", "5m", "10s"),
        ("keep_firing_for", "30s", "1s"),
        ("for", "0s", "0s"),
        ("group_interval", "5m", "2s"),
        ("repeat_interval", "1h", "1h"),
        ("interval", "30s", "1s"),
    ],
)
def test_what_becomes_of_a_pause(key: str, pause: str, shorter: str) -> None:
    assert hurried({"rules": [{key: pause}]}) == {"rules": [{key: shorter}]}
