"""KPI = f(set of events, policy, t): nothing else may show in the numbers."""

import re
from collections.abc import Sequence
from random import Random
from typing import Final

import pytest
from hypothesis import HealthCheck, given, settings
from msgspec.structs import replace

from schemas.events import Event
from schemas.policy import Policy
from tests import histories, policies
from tests.engine_numbers import Numbers, one_batch, replayed
from tests.properties.cluster import Cluster
from tests.properties.comparison import (
    STREAMS,
    assert_equal,
    differences,
    expected,
    report,
    shortest,
)
from tests.strategies import Case, cases

MANY: Final = settings(
    max_examples=STREAMS,
    deadline=None,
    print_blob=True,
    suppress_health_check=list(HealthCheck),
)

# Families that rest on what tickets say about customers of another partition: they are equal
# once it has been passed on.
PASSED_ON: Final = re.compile(
    "helpdesk_(rolling|previous)_(contacts|(agent_)?acr|fcr_eligible|fcr_resolved|"
    "tickets_converted|revenue_attributed|revenue_refunded)"
)


@MANY
@given(cases())
def test_one_batch_at_any_instant(case: Case) -> None:
    """One engine that gets a whole history at once shows what the oracle shows."""
    for t in case.instants:
        assert_equal("one batch", one_batch, case.events, case.policy, t)


@pytest.mark.parametrize("seed", range(STREAMS))
def test_one_batch_of_a_long_history(seed: int) -> None:
    """The same for histories of dozens of tickets, also when they are gathered first."""
    random = Random(seed)
    events = histories.history(random, tickets=30)
    policy = policies.policy(random)
    for t in histories.instants(random, events, 3):
        assert_equal(f"one batch, seed {seed}", one_batch, events, policy, t)
        assert_equal(f"replayed, seed {seed}", replayed, events, policy, t)


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
    if failure(seed, events, policy, instants):
        short = shortest(events, lambda fewer: bool(failure(seed, fewer, policy, instants)))
        pytest.fail(failure(seed, short, policy, instants))


@pytest.mark.parametrize("seed", range(STREAMS))
def test_a_change_of_policy_counts_all_history_by_the_new_one(seed: int) -> None:
    """Workers restart one after the other while events go on; nothing of the old one is left."""
    random = Random(seed)
    cluster, instants = begun(random, policies.policy(random))
    trace = [f"seed {seed}"]
    for worker, t in enumerate(instants):
        cluster.t = t
        trace += [f"t={t} {act(random, cluster)}" for _ in range(6)]
        cluster.policy = cluster.policy if worker else policies.policy(random)
        cluster.crash(worker)
    assert fault(finished(cluster), trace, settled=True) == ""


@pytest.mark.parametrize("seed", range(STREAMS))
def test_families_of_customers_may_be_off_for_a_while(seed: int) -> None:
    """All workers restart together, since who does not count customers does not listen."""
    random = Random(seed)
    on = policies.policy(random)
    off = replace(on, kpis=policies.NO_CUSTOMERS, agents=replace(on.agents, enabled=False))
    cluster, instants = begun(random, random.choice((on, off)))
    trace = [f"seed {seed}"]
    for policy, t in zip((on, off, on), (*instants, *instants[-1:] * 2), strict=False):
        cluster.t = t
        trace += [f"t={t} {act(random, cluster)}" for _ in range(6)]
        cluster.settle()
        cluster.policy = policy
        for worker in range(len(cluster.engines)):
            cluster.crash(worker)
        cluster.settle()
    assert fault(finished(cluster), trace, settled=True) == ""


def begun(random: Random, policy: Policy) -> tuple[Cluster, list[int]]:
    """Return workers with events to take, and an instant for each worker, ascending."""
    events = histories.history(random, tickets=12)
    cluster = Cluster(policy, workers=random.randrange(1, 4), partitions=random.randrange(1, 6))
    cluster.produce(events)
    return cluster, histories.instants(random, events, len(cluster.engines))


def finished(cluster: Cluster) -> Cluster:
    """Return the workers once they have taken everything."""
    for log in cluster.logs:
        cluster.consume(log.number, len(log.inbox))
    cluster.settle()
    return cluster


def failure(seed: int, events: Sequence[Event], policy: Policy, instants: Sequence[int]) -> str:
    """Return what went wrong in the schedule of a seed, "" if nothing did."""
    random = Random(seed)
    workers, partitions = random.randrange(1, 4), random.randrange(1, 6)
    cluster = Cluster(policy, workers, partitions)
    cluster.produce(events)
    trace = [f"seed {seed}: {workers} workers, {partitions} partitions"]
    for t in instants:
        cluster.t = t
        trace += [f"t={t} {act(random, cluster)}" for _ in range(random.randrange(4))]
        settled = random.randrange(3) == 0
        if settled:
            cluster.settle()
            trace.append(f"t={t} settled")
        if found := fault(cluster, trace, settled=settled):
            return found
    assert len(finished(cluster).known()) == len(events)
    return fault(cluster, [*trace, "all consumed"], settled=True)


def act(random: Random, cluster: Cluster) -> str:
    """Let one thing happen, and say what."""
    number = random.randrange(len(cluster.logs))
    worker = random.randrange(len(cluster.engines))
    match random.randrange(10):
        case 0:
            cluster.checkpoint(number)
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
        case 4 | 5:
            cluster.hear(number)
            return f"partition {number} hears what tickets say"
        case _:
            count = random.choice((1, 2, 10, 1000))
            cluster.consume(number, count)
            return f"partition {number} takes {count}"


def fault(cluster: Cluster, trace: list[str], *, settled: bool) -> str:
    """Return what happened so far if the sum over workers is not the oracle's, else ""."""
    known = cluster.known()
    actual, wanted = cluster.shown(), expected(known, cluster.policy, cluster.t)
    if not settled:
        actual, wanted = at_home(actual), at_home(wanted)
    lines = differences(actual, wanted)
    return report("\n".join(trace), known, cluster.policy, cluster.t, lines) if lines else ""


def at_home(numbers: Numbers) -> Numbers:
    """Return the numbers that do not rest on what other partitions were told."""
    return {
        (name, labels): value
        for (name, labels), value in numbers.items()
        if not PASSED_ON.match(name)
    }


def test_a_lost_changelog_shows() -> None:
    """The comparison can fail: workers that recover nothing show other numbers."""
    random = Random(1)
    events = histories.history(random, tickets=12)
    cluster = Cluster(policies.policy(random), workers=2, partitions=3)
    cluster.t = max(event.time for event in events)
    cluster.produce(events)
    for log in cluster.logs:
        cluster.consume(log.number, len(events))
    cluster.settle()
    assert not fault(cluster, [], settled=True)
    for log in cluster.logs:
        log.changelog.clear()
    cluster.crash(0)
    assert fault(cluster, [], settled=True)
