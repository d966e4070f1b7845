from random import Random

import pytest

from schemas.policy import Agents, Policy, SlaPolicy, SlaTargets
from streams.entities import stored
from streams.entities.rules import Rules
from streams.entities.ticket import build
from streams.entities.ticket_facts import ticket_meaning
from streams.facts import facts
from streams.facts.facts import CLOSED, COLUMNS, CUSTOMER_FACTS
from streams.kpis.catalogue import everything
from streams.kpis.kpi import Kpi
from tests import policies
from tests.histories import life

TYPES: dict[str, int] = {
    name: value
    for name, value in vars(facts).items()
    if name.isupper() and isinstance(value, int) and not name.startswith("TICKED")
}
EVERYTHING = Policy(
    agents=Agents(enabled=True),
    calendars=policies.CALENDARS,
    business_calendar="office",
    sla=(SlaPolicy(id="all", targets=SlaTargets(first_response=1)),),
)


def test_fact_types_are_numbered_as_their_columns() -> None:
    assert sorted(TYPES.values()) == list(range(len(COLUMNS)))
    assert set(TYPES.values()) > CUSTOMER_FACTS


@pytest.mark.parametrize("columns", COLUMNS)
def test_a_fact_begins_with_its_time(columns: tuple[str, ...]) -> None:
    assert columns[0] == "time"
    assert len(set(columns)) == len(columns)


def test_closed_labels_are_columns_of_their_fact() -> None:
    for (fact, label), texts in CLOSED.items():
        assert label in COLUMNS[fact]
        assert len(set(texts)) == len(texts)


@pytest.mark.parametrize("kpi", everything(EVERYTHING), ids=lambda kpi: kpi.family)
def test_the_labels_of_a_kpi_are_columns_of_its_fact(kpi: Kpi) -> None:
    assert {*kpi.labels} <= {*COLUMNS[kpi.fact]}


@pytest.mark.parametrize("fact", TYPES)
def test_every_fact_has_a_kpi(fact: str) -> None:
    """A fact that nobody counts would be derived for nothing."""
    assert any(kpi.fact == TYPES[fact] for kpi in everything(EVERYTHING))


@pytest.mark.parametrize("seed", range(40))
def test_rows_are_as_long_as_their_columns(seed: int) -> None:
    events = [stored.store(event) for event in life(Random(seed), "t")]
    stored.in_order(events)
    rules = Rules(EVERYTHING, label_limit=None, wanted=frozenset(range(len(COLUMNS))))
    for row in ticket_meaning(rules, build(events)).facts:
        assert len(row) == len(COLUMNS[row[0]]) + 1
        assert {type(value) for value in row} == {int}
