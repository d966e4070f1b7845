"""What a fetch brings from one partition."""

from collections.abc import Sequence
from typing import NamedTuple, Protocol


class Record(Protocol):
    """A record of Kafka, as far as we read it."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: Sequence[tuple[str, bytes]]


class Batch(NamedTuple):
    """All records of a partition with offsets from `begin` until before `end`.

    There may be fewer than `end - begin`, or none: markers of transactions and compacted or
    aborted records have offsets too.
    """

    begin: int
    end: int
    records: Sequence[Record]
