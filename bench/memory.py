"""What a ticket takes: the changelog read back in a process that does nothing else.

A process of its own: `python -m bench.memory FILE` prints what it measured as JSON.
"""

import asyncio
import gc
import os
import sys
from collections.abc import Iterable
from pathlib import Path
from sys import getsizeof
from time import process_time
from typing import Any, Final, Self, cast

import msgspec
import psutil

from schemas.settings import Settings
from schemas.settings_check import load_settings
from streams.engine.engine import Engine
from streams.engine.partition import TICKET, Partition
from streams.worker import connection, topics
from streams.worker.app import now
from streams.worker.recovery import read_changelog

SLICE: Final = 1000


class Memory(msgspec.Struct, frozen=True):
    """Bytes of all tickets and of what comes with them, and the CPU time to get them back.

    `bodies`, `customers`: computed from the sizes of the objects; `read`, `derived`: growth of
    the resident memory by all entities, and by what was derived from them. `changelog`: keys and
    values of the records that are left when the changelog is compacted.
    """

    tickets: int
    changelog: int
    bodies: int
    customers: int
    read: int
    derived: int
    read_seconds: float
    derive_seconds: float

    @classmethod
    def from_json(cls, text: str | bytes) -> Self:
        """Return what the process printed."""
        return msgspec.json.decode(text, type=cls)


class Forgetful:
    """Takes the place of a partition and keeps sizes only, so that buffers get theirs first."""

    def __init__(self) -> None:
        self._sizes: dict[bytes, int] = {}

    def recover(self, key: bytes, value: bytes | None) -> None:
        """Forget the record, but not its size."""
        self._sizes[key] = 0 if value is None else len(key) + len(value)

    @property
    def live_bytes(self) -> int:
        """The bytes of the last records of all keys."""
        return sum(self._sizes.values())


async def measure(settings: Settings) -> Memory:
    """Return what the entities of all partitions take in this process."""
    numbers = range(settings.kafka.partitions)
    client = connection.client_options(settings.kafka)
    changelog = topics.topics(settings).changelog.name
    engine = Engine(settings.policy, live=True)
    gc.disable()
    live = 0
    for number in numbers:
        forgetful = Forgetful()
        await read_changelog(client, changelog, number, cast("Partition", forgetful))
        live += forgetful.live_bytes
    empty, start = resident(), process_time()
    partitions = [engine.open(number) for number in numbers]
    for partition in partitions:
        await read_changelog(client, changelog, partition.number, partition)
    full, read_at = resident(), process_time()
    for partition in partitions:
        while not partition.derive(now(), SLICE):
            engine.flush_if_full()
        engine.serve(partition.number, now())
    seconds = process_time() - read_at
    tickets = sum(partition.entities().get(TICKET, 0) for partition in partitions)
    return Memory(
        tickets,
        live,
        sum(map(size_of_tickets, partitions)),
        sum(map(size_of_statements, partitions)),
        full - empty,
        resident() - full,
        read_at - start,
        seconds,
    )


def resident() -> int:
    """Return the resident memory of this process in bytes."""
    gc.collect()
    return int(psutil.Process().memory_info().rss)


def size_of_tickets(partition: Partition) -> int:
    """Return the bytes of the tickets' bodies, their keys and the table that holds them."""
    bodies = partition._store.bodies.get(TICKET, {})  # noqa: SLF001 (sizes are nobody else's business)
    return getsizeof(bodies) + size_of_all(bodies.items())


def size_of_statements(partition: Partition) -> int:
    """Return the bytes of what tickets say about the customers of a partition."""
    statements = partition._store.statements  # noqa: SLF001 (the same)
    return getsizeof(statements) + sum(
        getsizeof(customer) + getsizeof(said) + size_of_all(said.items())
        for customer, said in statements.items()
    )


def size_of_all(items: Iterable[tuple[Any, Any]]) -> int:
    """Return the bytes of keys and values."""
    return sum(getsizeof(key) + getsizeof(value) for key, value in items)


if __name__ == "__main__":
    config = Path(sys.argv[1])
    found = load_settings(config.read_text("utf-8"), os.environ, str(config))
    print(msgspec.json.encode(asyncio.run(measure(found))).decode())
