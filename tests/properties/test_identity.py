"""Identity, precedence and counting: the product's and the oracle's, each written by itself."""

from random import Random

import pytest

from schemas.decode import decode
from schemas.policy import Policy
from schemas.registry import entity_of, precedence
from streams.engine.engine import Engine
from tests import histories
from tests.json_lines import to_json
from tests.oracle import Counts, counts, selection
from tests.properties.comparison import STREAMS


@pytest.mark.parametrize("seed", range(STREAMS))
def test_events_survive_json(seed: int) -> None:
    for event in histories.history(Random(seed), tickets=30):
        assert decode(to_json(event).encode()) == event


@pytest.mark.parametrize("seed", range(STREAMS))
def test_entities_and_precedence_agree(seed: int) -> None:
    """Of any two events the same one is the smaller."""
    random = Random(seed)
    events = histories.history(random, tickets=30)
    for event in events:
        assert entity_of(event) == selection.entity(event)
    for _ in range(300):
        one, other = random.choice(events), random.choice(events)
        smaller = precedence(one) < precedence(other)
        assert smaller == (selection.precedence(one) < selection.precedence(other))


@pytest.mark.parametrize("seed", range(STREAMS))
def test_applied_and_duplicate_are_counted(seed: int) -> None:
    """Distinct identities, and further copies, whatever the batches."""
    random = Random(seed)
    events = histories.history(random, tickets=20)
    events += random.sample(events, 20)
    partition = Engine(Policy(), live=False).open(0)
    outcomes = [partition.gather(events[n : n + 30]) for n in range(0, len(events), 30)]
    applied = sum(outcome.applied for outcome in outcomes)
    duplicate = sum(outcome.duplicate for outcome in outcomes)
    lines = [to_json(event).encode() for event in events]
    assert counts(lines) == Counts(applied, duplicate, {})
