"""KPI = f(set of events, policy, t): nothing else may show in the numbers."""

from random import Random

import pytest
from hypothesis import HealthCheck, given, settings

from tests import histories, policies
from tests.properties.cluster import Cluster
from tests.properties.comparison import (
    STREAMS,
    assert_equal_at_once,
    differences,
    expected,
    report,
    shown,
)
from tests.strategies import Case, cases

MANY = settings(
    max_examples=STREAMS,
    deadline=None,
    print_blob=True,
    suppress_health_check=list(HealthCheck),
)


@MANY
@given(cases())
def test_one_batch_at_any_instant(case: Case) -> None:
    """One engine that gets a whole history at once shows what the oracle shows."""
    for t in case.instants:
        assert_equal_at_once("one batch", case.events, case.policy, t)


@pytest.mark.parametrize("seed", range(STREAMS))
def test_one_batch_of_a_long_history(seed: int) -> None:
    """The same for histories of dozens of tickets."""
    random = Random(seed)
    events = histories.history(random, tickets=30)
    policy = policies.policy(random)
    for t in histories.instants(random, events, 3):
        assert_equal_at_once(f"seed {seed}", events, policy, t)


@pytest.mark.parametrize("seed", range(STREAMS))
def test_any_schedule_of_workers(seed: int) -> None:
    """Order, duplicates, batches, partitions, hand-overs and crashes do not show.

    Events arrive shuffled and some twice, in batches of any size, while t moves; partitions
    change hands, workers crash after a checkpoint, before it, or between its write and its
    commit. At each instant the sum over workers equals the oracle on the events held then.
    """
    random = Random(seed)
    events = histories.history(random, tickets=12)
    policy = policies.policy(random)
    instants = histories.instants(random, events, 30)
    events += random.sample(events, len(events) // 10)
    random.shuffle(events)
    workers, partitions = random.randrange(1, 4), random.randrange(1, 6)
    cluster = Cluster(policy, workers, partitions)
    cluster.produce(events)
    trace = [f"seed {seed}: {workers} workers, {partitions} partitions"]
    for t in instants:
        cluster.t = t
        for _ in range(random.randrange(4)):
            trace.append(f"t={t} " + act(random, cluster))
        assert_shows_what_it_holds(cluster, trace)
    for log in cluster.logs:
        cluster.consume(log.number, len(log.inbox))
    assert_shows_what_it_holds(cluster, [*trace, "all consumed"])
    assert len(cluster.known()) == len(events)


def act(random: Random, cluster: Cluster) -> str:
    """Let one thing happen, and say what."""
    number = random.randrange(len(cluster.logs))
    worker = random.randrange(len(cluster.engines))
    match random.randrange(8):
        case 0:
            cluster.checkpoint(number, commit=True)
            return f"checkpoint of {number}"
        case 1:
            cluster.checkpoint(number, commit=False)
            crashed = cluster.shards[number].worker
            cluster.crash(crashed)
            return f"worker {crashed} crashes between the changelog of {number} and its commit"
        case 2:
            cluster.hand_over(number, worker)
            return f"partition {number} goes to worker {worker}"
        case 3:
            cluster.crash(worker)
            return f"worker {worker} crashes"
        case _:
            count = random.choice((1, 2, 10, 1000))
            cluster.consume(number, count)
            return f"partition {number} takes {count}"


def assert_shows_what_it_holds(cluster: Cluster, trace: list[str]) -> None:
    known = cluster.known()
    actual = shown(cluster.engines, cluster.t)
    lines = differences(actual, expected(known, cluster.policy, cluster.t))
    if lines:
        pytest.fail(report("\n".join(trace), known, cluster.policy, cluster.t, lines))
