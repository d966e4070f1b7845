"""A shard: partition number p of every input topic, with the entities that live there."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

from aiokafka import TopicPartition

from schemas.scalars import FIRST_INSTANT, Milliseconds
from streams.engine.partition import Partition
from streams.worker.fence import Fence, Row


@dataclass(eq=False)
class Shard:
    """What a worker holds of one partition number, from assignment to revocation.

    `expected` is, for each input, the offset after the last record that was applied or refused;
    `committed` the same at the last checkpoint. Both are empty until the shard is recovered.
    `jumps` is, for each input, a jump from the first to the second offset that is being checked.
    """

    number: int
    inputs: tuple[TopicPartition, ...]
    partition: Partition
    fence: Fence
    recovered: bool = False
    expected: dict[TopicPartition, int] = field(default_factory=dict)
    committed: dict[TopicPartition, int] = field(default_factory=dict)
    jumps: dict[TopicPartition, tuple[int, int]] = field(default_factory=dict)
    last_event: dict[TopicPartition, Milliseconds] = field(default_factory=dict)
    rejected: list[Row] = field(default_factory=list)
    rekeyed: list[Row] = field(default_factory=list)
    waiting_bytes: int = 0
    task: asyncio.Task[None] | None = None

    def begin(self, offsets: dict[TopicPartition, int]) -> None:
        """Mark the shard as recovered; its inputs go on at `offsets`."""
        self.expected = dict(offsets)
        self.committed = dict(offsets)
        self.recovered = True

    @property
    def latest(self) -> Milliseconds:
        """The time of the latest event that has come; before the first one, the earliest time."""
        return max(self.last_event.values(), default=Milliseconds(FIRST_INSTANT))

    def refuse(self, letter: Row) -> None:
        """Keep a dead letter for the next checkpoint."""
        self.rejected.append(letter)
        self.waiting_bytes += letter.size

    def rekey(self, row: Row) -> None:
        """Keep an event under its right key for the next checkpoint."""
        self.rekeyed.append(row)
        self.waiting_bytes += row.size

    def take_waiting(self) -> tuple[Sequence[Row], Sequence[Row]]:
        """Return what was refused and what was re-keyed since the last call."""
        taken = self.rejected, self.rekeyed
        self.rejected, self.rekeyed, self.waiting_bytes = [], [], 0
        return taken
