"""Reads a shard's entities back from its changelog, up to the end and no further."""

import asyncio
from collections.abc import Mapping
from contextlib import aclosing
from typing import Any, Final

from aiokafka import TopicPartition

from schemas.scalars import Milliseconds
from streams.engine.engine import Engine
from streams.engine.partition import Partition
from streams.worker import positions
from streams.worker.positions import Covered
from streams.worker.reading import read_to_end

# To derive an entity takes some 25 to 100 us, so a slice holds the event loop for 3 to 10 ms.
ENTITIES_BETWEEN_PAUSES: Final = 100


async def read_changelog(
    client: Mapping[str, Any], changelog: str, number: int, partition: Partition
) -> Covered:
    """Read what was committed to a partition of the changelog, up to the end as it is now.

    Entities go to `partition`; what they cover is returned. Must be called after the shard's
    fence was started: from then on nobody else can write, and what a dead worker left open is
    aborted. Raises KafkaError, and StateError if a record was written by another version of the
    program.
    """
    covered = Covered()
    async with aclosing(read_to_end(client, [TopicPartition(changelog, number)])) as pieces:
        async for records in pieces:
            for record in records:
                if record.key == positions.KEY:
                    covered = positions.decode(record.value or b"")
                else:
                    partition.recover(record.key or b"", record.value)
            await asyncio.sleep(0)
    return covered


async def derive(engine: Engine, partition: Partition, now: Milliseconds) -> None:
    """Derive the facts of all entities that were read, in slices.

    Raises StateError if an entity is damaged.
    """
    while not partition.derive(now, ENTITIES_BETWEEN_PAUSES):
        engine.flush_if_full()
        await asyncio.sleep(0)
