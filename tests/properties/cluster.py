"""Workers in one process: partitions that move, checkpoints, crashes. No Kafka, no clock."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from zlib import crc32

from schemas.events import Event
from schemas.policy import Policy
from streams.engine.engine import Engine
from streams.engine.partition import Partition
from tests.oracle.selection import entity


@dataclass
class Log:
    """What survives a crash: a partition's input, its changelog, and the committed offset."""

    number: int
    inbox: list[Event] = field(default_factory=list)
    changelog: dict[bytes, bytes] = field(default_factory=dict)
    committed: int = 0
    written: int = 0


@dataclass
class Shard:
    """A partition in the memory of a worker."""

    worker: int
    partition: Partition
    position: int


class Cluster:
    """Some workers that share some partitions, at one instant t that moves on."""

    def __init__(self, policy: Policy, workers: int, partitions: int) -> None:
        self.policy = policy
        self.t = 0
        self.engines = [Engine(policy, live=False) for _ in range(workers)]
        self.logs = [Log(number) for number in range(partitions)]
        self.shards: list[Shard] = []
        for log in self.logs:
            self.shards.append(self.recovered(log, log.number % workers))

    def produce(self, events: Sequence[Event]) -> None:
        """Put events into the partitions of their entities."""
        for event in events:
            self.logs[crc32(entity(event)[1].encode()) % len(self.logs)].inbox.append(event)

    def consume(self, number: int, count: int) -> None:
        """Let the owner of a partition take its next events."""
        log, shard = self.logs[number], self.shards[number]
        batch = log.inbox[shard.position : shard.position + count]
        shard.partition.apply(batch, self.t)
        shard.position += len(batch)

    def checkpoint(self, number: int, *, commit: bool) -> None:
        """Write the changed entities; without the commit the worker died in between."""
        log, shard = self.logs[number], self.shards[number]
        for key, value in shard.partition.checkpoint():
            if value is None:
                log.changelog.pop(key, None)
            else:
                log.changelog[key] = value
        log.written = max(log.written, shard.position)
        if commit:
            log.committed = shard.position

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
        """Return a partition with what the changelog holds, at the committed offset."""
        engine = self.engines[worker]
        partition = engine.open(log.number)
        for key, value in log.changelog.items():
            partition.recover(key, value)
        while not partition.derive(self.t, 3):
            pass
        engine.serve(log.number, self.t)
        return Shard(worker, partition, log.committed)

    def known(self) -> list[Event]:
        """Return the events that the workers hold: applied, or recovered from the changelog.

        A changelog written without the commit runs ahead of the offset.
        """
        return [
            event
            for log, shard in zip(self.logs, self.shards, strict=True)
            for event in log.inbox[: max(shard.position, log.written)]
        ]
