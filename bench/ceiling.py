"""The least that reading events in Python costs: fetch records in batches, parse their JSON.

A process of its own: `python -m bench.ceiling SERVERS TOPIC` prints what it measured as JSON.
"""

import asyncio
import sys
from time import perf_counter, process_time

import orjson
from aiokafka import AIOKafkaConsumer, TopicPartition

from bench.measured import Cost


async def read(servers: str, topic: str) -> Cost:
    """Return what it costs to read a topic from its beginning to its end."""
    consumer = AIOKafkaConsumer(
        bootstrap_servers=servers, auto_offset_reset="earliest", max_poll_records=5000
    )
    await consumer.start()
    try:
        found = await consumer._client.fetch_all_metadata()  # noqa: SLF001 (no public call waits)
        sources = [TopicPartition(topic, n) for n in sorted(found.partitions_for_topic(topic))]
        consumer.assign(sources)
        left = sum((await consumer.end_offsets(sources)).values())
        events = 0
        cpu, wall = process_time(), perf_counter()
        while events < left:
            for batch in (await consumer.getmany(timeout_ms=500)).values():
                for record in batch:
                    orjson.loads(record.value)
                events += len(batch)
        return Cost(events, process_time() - cpu, perf_counter() - wall)
    finally:
        await consumer.stop()


if __name__ == "__main__":
    print(asyncio.run(read(sys.argv[1], sys.argv[2])).json())
