"""Workers in one process: partitions that move, checkpoints, crashes. No Kafka, no clock."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from zlib import crc32

from schemas.events import Event
from schemas.policy import Policy
from streams.engine.engine import Engine
from streams.engine.partition import Partition, Said
from tests.engine_numbers import Numbers, shown
from tests.oracle.selection import entity


@dataclass
class Log:
    """What survives a crash of a partition's owner: inputs, changelog, committed offsets.

    `inbox` holds events, `said` what tickets of all partitions say about customers of this one.
    `covered` is how far the changelog reaches into the inbox.
    """

    number: int
    inbox: list[Event] = field(default_factory=list)
    said: list[Said] = field(default_factory=list)
    changelog: dict[bytes, bytes] = field(default_factory=dict)
    committed: tuple[int, int] = (0, 0)
    covered: int = 0


@dataclass
class Shard:
    """A partition in the memory of a worker, and how far it has read both inputs."""

    worker: int
    partition: Partition
    position: int
    heard: int


class Cluster:
    """Some workers that share some partitions, at one instant t that moves on."""

    def __init__(self, policy: Policy, workers: int, partitions: int) -> None:
        self.policy = policy
        self.t = 0
        self.engines = [Engine(policy, live=False) for _ in range(workers)]
        self.logs = [Log(number) for number in range(partitions)]
        self.shards = [self.recovered(log, log.number % workers) for log in self.logs]

    def log_of(self, key: str) -> Log:
        """Return the log of the partition that a key belongs to."""
        return self.logs[crc32(key.encode()) % len(self.logs)]

    def produce(self, events: Sequence[Event]) -> None:
        """Put events into the partitions of their entities."""
        for event in events:
            self.log_of(entity(event)[1]).inbox.append(event)

    def consume(self, number: int, count: int) -> None:
        """Let the owner of a partition take its next events."""
        log, shard = self.logs[number], self.shards[number]
        batch = log.inbox[shard.position : shard.position + count]
        shard.partition.apply(batch, self.t)
        shard.position += len(batch)

    def hear(self, number: int) -> bool:
        """Let the owner of a partition take what tickets say; return whether there was any."""
        log, shard = self.logs[number], self.shards[number]
        batch = log.said[shard.heard :]
        shard.partition.accept(batch, self.t)
        shard.heard += len(batch)
        return bool(batch)

    def checkpoint(self, number: int, *, commit: bool = True) -> bool:
        """Write changed entities and what tickets say, in one transaction; then the offsets.

        Without the commit the worker died in between. Returns whether anything was said.
        """
        log, shard = self.logs[number], self.shards[number]
        for key, value in shard.partition.checkpoint():
            if value is None:
                log.changelog.pop(key, None)
            else:
                log.changelog[key] = value
        said = shard.partition.outbox()
        for one in said:
            self.log_of(one.customer).said.append(one)
        log.covered = max(log.covered, shard.position)
        if commit:
            log.committed = shard.position, shard.heard
        return bool(said)

    def hand_over(self, number: int, worker: int) -> None:
        """Revoke a partition; another worker, or the same, recovers it."""
        self.engines[self.shards[number].worker].drop(number)
        self.shards[number] = self.recovered(self.logs[number], worker)

    def crash(self, worker: int) -> None:
        """Lose a worker's memory; a new process takes its partitions."""
        self.engines[worker] = Engine(self.policy, live=False)
        for log, shard in zip(self.logs, self.shards, strict=True):
            if shard.worker == worker:
                self.shards[log.number] = self.recovered(log, worker)

    def recovered(self, log: Log, worker: int) -> Shard:
        """Return a partition with what the changelog holds, at the committed offsets."""
        engine = self.engines[worker]
        partition = engine.open(log.number)
        for key, value in log.changelog.items():
            partition.recover(key, value)
        while not partition.derive(self.t, 3):
            pass
        engine.serve(log.number, self.t)
        return Shard(worker, partition, *log.committed)

    def settle(self) -> None:
        """Pass on what tickets say until nobody has anything to say."""
        for engine in self.engines:
            engine.advance(self.t)
        news = True
        while news:
            news = False
            for log in self.logs:
                said = self.checkpoint(log.number)
                heard = self.hear(log.number)
                news = news or said or heard

    def shown(self) -> Numbers:
        """Return the sums over the workers."""
        return shown(self.engines, self.t)

    def known(self) -> list[Event]:
        """Return the events that the workers hold: applied, or recovered from the changelog.

        A changelog written without the commit runs ahead of the offset.
        """
        return [
            event
            for log, shard in zip(self.logs, self.shards, strict=True)
            for event in log.inbox[: max(shard.position, log.covered)]
        ]
