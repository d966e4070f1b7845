"""Makes what a shard has applied durable, so that its inputs need not be read again."""

from collections import defaultdict
from typing import NamedTuple

from aiokafka import TopicPartition

from streams.worker import positions
from streams.worker.customer_stage import partition_of, statement_row
from streams.worker.fence import Row
from streams.worker.positions import Covered
from streams.worker.shard import Shard


class Destinations(NamedTuple):
    """The topics that a checkpoint writes to; `partitions` is how many each has."""

    changelog: str
    dead_letters: str
    customers: str
    events: str
    partitions: int

    def is_internal(self, topic: str) -> bool:
        """Return whether only workers write to `topic`, and read it again as an input."""
        return topic in (self.customers, self.events)


class Written(NamedTuple):
    """A checkpoint: how many records it took, and the offsets that they cover."""

    records: int
    offsets: dict[TopicPartition, int]


async def write_checkpoint(shard: Shard, to: Destinations) -> Written:
    """Write what has changed since the last checkpoint; return the offsets to commit.

    1. Encode: the changed entities, what tickets have come to say about customers, the refused
       and the re-keyed records, and the positions that cover all of it are taken together, with
       nothing in between.
    2. Write it in one transaction of the shard's fence: all or nothing, and nothing at all if
       another worker holds the shard by now.
    3. Wait until every record is acknowledged, then commit the transaction.
    4. The caller commits the offsets, by a plain commit of its consumer group. A crash before
       it reads events again that their entities hold already: they change nothing.

    Raises what Fence.write raises; the shard must be dropped then, since its entities say that
    they are written.
    """
    offsets = {
        source: offset
        for source, offset in shard.expected.items()
        if offset != shard.committed[source]
    }
    rows = encode(shard, to)
    if rows:
        await shard.fence.write(rows)
    return Written(sum(map(len, rows.values())), offsets)


def encode(shard: Shard, to: Destinations) -> dict[TopicPartition, list[Row]]:
    """Return the records of the next checkpoint by where they go, and forget that they are due."""
    rows: dict[TopicPartition, list[Row]] = defaultdict(list)
    changelog = TopicPartition(to.changelog, shard.number)
    for key, value in shard.partition.checkpoint():
        rows[changelog].append(Row(key, value))
    if shard.expected != shard.committed:
        read = {source.topic: offset for source, offset in shard.expected.items()}
        covered = positions.encode(Covered(to.partitions, read))
        rows[changelog].append(Row(positions.KEY, covered))
    for said in shard.partition.outbox():
        home = partition_of(said.customer.encode(), to.partitions)
        rows[TopicPartition(to.customers, home)].append(statement_row(said))
    rejected, rekeyed = shard.take_waiting()
    if rejected:
        rows[TopicPartition(to.dead_letters, shard.number)].extend(rejected)
    for row in rekeyed:
        home = partition_of(row.key or b"", to.partitions)
        rows[TopicPartition(to.events, home)].append(row)
    return rows
