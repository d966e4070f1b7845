"""What an engine shows of the partitions that come and go."""

from random import Random

import pytest

from schemas.policy import Policy
from schemas.registry import entity_of
from schemas.scalars import DAY, HOUR
from streams.engine.engine import Engine
from streams.engine.partition import Partition
from tests.engine.durable import (
    SEEDS,
    START,
    served,
    served_alone,
    situation,
    story,
    told,
)
from tests.engine_numbers import shown
from tests.story import Shown


@pytest.mark.parametrize("seed", SEEDS)
def test_an_engine_shows_the_sum_of_the_partitions_that_it_serves(seed: int) -> None:
    """Whatever was served and dropped before, in any order."""
    random = Random(seed)
    events, policy, instants = situation(seed, tickets=9)
    t = instants[0] - DAY
    of = {number: [e for e in events if shard(entity_of(e)[1]) == number] for number in range(4)}
    engine = Engine(policy, live=False)
    serving: dict[int, Partition] = {}
    for _ in range(9):
        t = min(t + random.choice((0, 1, HOUR, DAY)), instants[-1])
        number = random.randrange(4)
        if number in serving:
            gone = random.sample(sorted(serving), random.randrange(1, len(serving) + 1))
            engine.drop(*gone, 99)
            serving = {n: left for n, left in serving.items() if n not in gone}
        else:
            partition = engine.open(number)
            if random.randrange(4) == 0:
                engine.drop(number)
                continue
            partition.gather(of[number])
            while not partition.derive(t, 3):
                engine.flush_if_full()
            engine.serve(number, t)
            serving[number] = partition
        engine.advance(t)
        for partition in serving.values():
            told(partition, t)
        alone = [served_alone(of[number], policy, t) for number in sorted(serving)]
        assert shown([engine], t) == shown(alone or [Engine(policy, live=False)], t)


def shard(key: str) -> int:
    return sum(key.encode()) % 4


def test_time_never_goes_back() -> None:
    past = story("09:00 t1 created\n11:00 t2 created")
    engine, (partition,) = served(Policy(), START)
    partition.apply(past.events, START)
    noon = START + 12 * HOUR
    assert engine.snapshot(noon).t == noon
    assert engine.snapshot(START + 10 * HOUR).t == noon
    partition.apply([], START)
    assert Shown(shown([engine], START)).value("tickets_opened") == 2
