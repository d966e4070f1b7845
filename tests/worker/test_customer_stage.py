"""What tickets say about customers travels once, in the right form, to the right place."""

import pytest

from streams.engine.partition import Said
from streams.entities.stored import StateError
from streams.worker.customer_stage import partition_of, statement, statement_row


@pytest.mark.parametrize("content", [b"\x01\x02", b"", None])
def test_a_statement_survives_the_topic(content: bytes | None) -> None:
    """Customer, ticket and statement come back; None says that nothing is said any more."""
    said = Said("ann@example", "T1", content)
    row = statement_row(said)
    assert row.key is not None
    assert statement(row.key, row.value) == said


def test_another_version_is_refused() -> None:
    """Never misread."""
    with pytest.raises(StateError, match="state version 255"):
        statement(b"c\0t", b"\xff")


@pytest.mark.parametrize(
    ("key", "hashed"),
    # From Kafka's own test of its murmur2.
    [
        (b"21", -973932308),
        (b"foobar", -790332482),
        (b"a-little-bit-long-string", -985981536),
        (b"a-little-bit-longer-string", -1486304829),
    ],
)
def test_partitions_are_those_of_kafkas_clients(key: bytes, hashed: int) -> None:
    """Statements meet the calls and orders of the same customer."""
    assert partition_of(key, 12) == (hashed & 0x7FFFFFFF) % 12


def test_a_key_parts_customer_and_ticket_whatever_they_contain() -> None:
    for customer, ticket in (("a\0b", "c"), ("a", "b\0c"), ("3", "\0"), ("ł", "1\0x")):
        said = Said(customer, ticket, b"x")
        row = statement_row(said)
        assert statement(row.key or b"", row.value) == said
