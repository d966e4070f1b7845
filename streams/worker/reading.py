"""Reads topics from their first record to their end, and no further."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition

from streams.worker.batch import Record


async def read_to_end(
    client: Mapping[str, Any], sources: Sequence[TopicPartition]
) -> AsyncGenerator[Sequence[Record], None]:
    """Yield what was committed to `sources`, in pieces, up to the ends that they have now.

    Close it, if it is left early. Raises KafkaError.
    """
    reader = AIOKafkaConsumer(
        **client,
        isolation_level="read_committed",
        auto_offset_reset="earliest",
        enable_auto_commit=False,
    )
    await reader.start()
    try:
        reader.assign(sources)
        ends = await reader.end_offsets(sources)
        await reader.seek_to_beginning(*sources)
        for source in sources:
            # The position passes transaction markers too, so it reaches the end where no record
            # does.
            while await reader.position(source) < ends[source]:
                for records in (await reader.getmany(source, timeout_ms=500)).values():
                    yield records
    finally:
        await reader.stop()
