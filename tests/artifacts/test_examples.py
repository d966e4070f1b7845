"""Every example of the reference is run: through the engine, and through the oracle."""

import re
from collections.abc import Iterator
from typing import Final

import pytest

from schemas.policy import Definitions, Policy
from schemas.settings_check import load_settings
from streams.artifacts.records import DEFINITIONS, everything, of_definition
from streams.kpis.kpi import Kpi, Level
from tests.engine_numbers import one_batch
from tests.oracle import evaluate as oracle
from tests.story import Evaluate, Story

SHOWN: Final = re.compile(
    r"-> (?P<when>(?:[+-]\d+ )?\d\d:\d\d)\s+(?P<name>\w+)(?:\{(?P<labels>.*)\})? (?P<value>[\d.]+)"
)
LABEL: Final = re.compile(r'(\w+)="([^"]*)"')


def examples() -> Iterator[object]:
    """Yield (evaluation, record) of every family, and of every other definition of it."""
    for record in everything():
        yield pytest.param(one_batch, record, id=f"engine-{record.name}")
        yield pytest.param(oracle, record, id=f"oracle-{record.name}")
    for kpi, names in DEFINITIONS.items():
        for name in names[1:]:
            for record in of_definition(kpi, name):
                yield pytest.param(one_batch, record, id=f"engine-{name}-{record.name}")
                yield pytest.param(oracle, record, id=f"oracle-{name}-{record.name}")


def policy_of(record: Kpi | Level) -> Policy:
    """Return the policy that an example needs."""
    return load_settings(record.example.settings, {}, "example").policy


@pytest.mark.parametrize(("evaluate", "record"), tuple(examples()))
def test_an_example_shows_what_it_says(evaluate: Evaluate, record: Kpi | Level) -> None:
    lines = record.example.text.strip().splitlines()
    table = [line for line in lines if not line.strip().startswith("->")]
    story = Story(evaluate, "\n".join(table), policy_of(record))
    shown = [match for line in lines if (match := SHOWN.fullmatch(line.strip()))]
    assert len(shown) + len(table) == len(lines), "a line is no event and no number"
    assert any(match["name"].startswith(record.family) for match in shown)
    at = {when: story.at(when) for when in {match["when"] for match in shown}}
    for match in shown:
        now = at[match["when"]]
        labels = dict(LABEL.findall(match["labels"] or ""))
        number = now.level if match["name"] in LEVELS else now.value
        found = number(match["name"], **labels)
        assert float(found) == float(match["value"]), match[0]


def level_names() -> Iterator[str]:
    """Yield the names of samples without a window, without their prefix."""
    for record in everything():
        if not record.name.startswith("helpdesk_rolling_"):
            yield record.family
            if isinstance(record, Level) and record.kind == "gaugehistogram":
                yield from (f"{record.family}_{suffix}" for suffix in ("bucket", "gcount", "gsum"))


LEVELS: Final = frozenset(level_names())


def test_every_definition_of_the_settings_has_a_record() -> None:
    """A definition that is not the default changes at least one family, with its own example."""
    assert DEFINITIONS.keys() == set(Definitions.__struct_fields__)
    for kpi, names in DEFINITIONS.items():
        assert names[0] == "deskpulse"
        for name in names[1:]:
            records = of_definition(kpi, name)
            assert records, (kpi, name)
            for record in records:
                assert getattr(policy_of(record).definitions, kpi) == name
