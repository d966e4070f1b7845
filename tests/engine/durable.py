"""Partitions and what survives them, without Kafka."""

from collections.abc import Iterable, Sequence
from random import Random

from schemas.events import Event
from schemas.policy import Policy
from streams.engine.engine import Engine
from streams.engine.partition import Partition
from tests import histories, policies
from tests.engine_numbers import Numbers, replayed, shown
from tests.story import DAY_OF_STORIES, Story

Changelog = dict[bytes, bytes]

SEEDS = range(6)
START = int(DAY_OF_STORIES.timestamp()) * 1000


def story(table: str, policy: Policy | None = None) -> Story:
    """Return a story told to the engine as a replay does."""
    return Story(replayed, table, policy)


def situation(seed: int, tickets: int = 6) -> tuple[list[Event], Policy, list[int]]:
    """Return an invented history, a policy and three instants, ascending."""
    random = Random(seed)
    events = histories.history(random, tickets)
    return events, policies.policy(random), histories.instants(random, events, 3)


def served(
    policy: Policy, t: int, numbers: Iterable[int] = (0,)
) -> tuple[Engine, list[Partition]]:
    """Return an engine with empty partitions that it serves."""
    engine = Engine(policy, live=False)
    partitions = [engine.open(number) for number in numbers]
    for partition in partitions:
        partition.derive(t, 1)
        engine.serve(partition.number, t)
    return engine, partitions


def write(changelog: Changelog, partition: Partition) -> None:
    """Let a partition write a checkpoint."""
    for key, value in partition.checkpoint():
        if value is None:
            changelog.pop(key, None)
        else:
            changelog[key] = value


def recovered(changelog: Changelog, policy: Policy, t: int) -> tuple[Engine, Partition]:
    """Return an engine that serves a partition with what a changelog holds."""
    engine = Engine(policy, live=False)
    partition = engine.open(0)
    for key, value in changelog.items():
        partition.recover(key, value)
    while not partition.derive(t, 2):
        engine.flush_if_full()
    engine.serve(0, t)
    return engine, partition


def told(partition: Partition, t: int) -> None:
    """Let a partition hear what its own tickets say."""
    partition.accept(partition.outbox(), t)


def one_by_one(events: Sequence[Event], policy: Policy, t: int) -> Numbers:
    """Return what is shown at t if each event comes when it happens, statements at once."""
    start = min((event.time for event in events), default=t)
    engine, (partition,) = served(policy, min(start, t))
    for event in events:
        now = min(event.time, t)
        partition.apply([event], now)
        told(partition, now)
    engine.advance(t)
    told(partition, t)
    return shown([engine], t)


def served_alone(events: list[Event], policy: Policy, t: int) -> Engine:
    """Return an engine that serves one partition with these events."""
    engine, (partition,) = served(policy, t)
    partition.apply(events, t)
    told(partition, t)
    return engine
