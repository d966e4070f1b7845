"""The internal topic on which tickets tell what they know of their customers.

A customer's tickets live in many partitions, its calls and orders in one. What a ticket says
about its customer goes to that one as a statement under the key (customer, ticket): the whole
statement each time, none if the ticket says nothing any more. So the last one counts, and one
that comes twice changes nothing. It is written in the transaction of the ticket's checkpoint.
"""

from functools import lru_cache
from typing import Final

from aiokafka.partitioner import murmur2

from streams.engine.partition import Said
from streams.engine.store import joined, split
from streams.entities import stored
from streams.worker.fence import Row

# A ticket speaks of its customer several times, and the hash is plain Python.
KEYS_REMEMBERED: Final = 100_000


@lru_cache(KEYS_REMEMBERED)
def partition_of(key: bytes, partitions: int) -> int:
    """Return the partition that Kafka's own clients choose for a key."""
    return int(murmur2(key) & 0x7FFFFFFF) % partitions


def statement_row(said: Said) -> Row:
    """Return the record of a statement, with the version of its form."""
    key = joined(said.customer, said.ticket).encode()
    return Row(key, None if said.statement is None else stored.VERSION + said.statement)


def statement(key: bytes, value: bytes | None) -> Said:
    """Return the statement of a record. Raises StateError if another version wrote it."""
    if value is not None and value[:1] != stored.VERSION:
        raise stored.of_another_version("a statement about a customer", value)
    customer, ticket = split(key.decode())
    return Said(customer, ticket, None if value is None else value[1:])
