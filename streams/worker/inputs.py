"""The inputs of a worker, as far as shards need to know: how they stand, where reading goes on."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple, Protocol

from aiokafka import TopicPartition

from schemas.scalars import Milliseconds


class Standing(NamedTuple):
    """How an input stands in Kafka: the group's offset, the first record's, and the end's."""

    committed: int | None
    first: int
    end: int


class Inputs(Protocol):
    """The worker's membership in the consumer group, as far as shards need it."""

    async def standing(
        self, partitions: Sequence[TopicPartition]
    ) -> dict[TopicPartition, Standing]:
        """Return how each partition stands: what is committed, and what there is to read."""
        ...

    async def seek(self, offsets: dict[TopicPartition, int]) -> None:
        """Read on from `offsets`."""
        ...

    async def commit(self, offsets: dict[TopicPartition, int]) -> bool:
        """Commit `offsets`; False if this worker's assignment is a thing of the past."""
        ...

    def open(self, partitions: Iterable[TopicPartition]) -> None:
        """Let records of `partitions` through."""
        ...

    def close(self, partitions: Iterable[TopicPartition]) -> None:
        """Hold records of `partitions` back."""
        ...

    def end(self, source: TopicPartition) -> int | None:
        """Return the end of a partition as the last fetch saw it, None while unknown."""
        ...

    def last_fetch(self, source: TopicPartition) -> Milliseconds | None:
        """Return when Kafka last answered a fetch of `source`, None while unknown."""
        ...
