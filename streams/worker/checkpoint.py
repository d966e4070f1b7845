"""Makes what a shard has applied durable, so that its inputs need not be read again."""

from typing import NamedTuple

from aiokafka import TopicPartition

from streams.worker.fence import Row
from streams.worker.shard import Shard


class Destinations(NamedTuple):
    """Where a checkpoint writes to."""

    changelog: str
    dead_letters: str


async def write_checkpoint(shard: Shard, to: Destinations) -> dict[TopicPartition, int]:
    """Write what has changed since the last checkpoint; return the offsets to commit.

    1. Encode: the changed entities, the refused records and the offsets that cover both are
       taken together, with nothing in between.
    2. Write both in one transaction of the shard's fence: all or nothing, and nothing at all
       if another worker holds the shard by now.
    3. Wait until every record is acknowledged, then commit the transaction.
    4. The caller commits the offsets, by a plain commit of its consumer group. A crash before
       it reads events again that their entities hold already: they change nothing.

    Raises what Fence.write raises; the shard must be dropped then, since its entities say that
    they are written.
    """
    rows = {
        to.changelog: [Row(key, value) for key, value in shard.partition.checkpoint()],
        to.dead_letters: shard.take_rejected(),
    }
    offsets = {
        source: offset
        for source, offset in shard.expected.items()
        if offset != shard.committed[source]
    }
    if any(rows.values()):
        await shard.fence.write(rows)
    return offsets
