"""How far a shard has read its inputs: what its changelog says, and where reading goes on.

A checkpoint that has read on writes its positions into the changelog, in one transaction with the
entities that hold what was read. The same offsets are committed to the consumer group afterwards,
so the group is never ahead of the changelog, unless the changelog has lost something.
"""

from collections.abc import Callable, Collection, Mapping
from typing import Final, NamedTuple

import msgspec
from aiokafka import TopicPartition

from streams.engine.store import record_key
from streams.entities import stored
from streams.entities.stored import StateError
from streams.worker.failure import Failure
from streams.worker.inputs import Standing

KEY: Final = record_key("positions", "")

RECOMPUTE: Final = (
    "Recompute from what the inputs hold: give kafka.group a new name, create its topics with "
    '"deskpulse topics create" and start the workers.'
)


class Covered(msgspec.Struct, frozen=True, array_like=True):
    """What a changelog holds: by topic the offset before which all is in its entities.

    `partitions`: how many there were when it was written; 0: nothing was written yet.
    """

    partitions: int = 0
    offsets: dict[str, int] = {}


class Beginning(NamedTuple):
    """The offset at which reading goes on, and a remark if that is not what the group says."""

    offset: int
    remark: str = ""


_encode: Final = msgspec.msgpack.Encoder().encode
_decode: Final = msgspec.msgpack.Decoder(Covered).decode


def encode(covered: Covered) -> bytes:
    """Return the value of the changelog record under KEY."""
    return stored.VERSION + _encode(covered)


def decode(value: bytes) -> Covered:
    """Return what `encode` was given. Raises StateError."""
    if value[:1] != stored.VERSION:
        raise stored.of_another_version("the record of positions", value)
    try:
        return _decode(memoryview(value)[1:])
    except msgspec.MsgspecError as error:
        raise StateError(f"damaged record of positions: {error}") from error


def check(covered: Covered, partitions: int, topics: Collection[str]) -> None:
    """Raise Failure if the changelog was written with other partitions, or with more inputs."""
    unread = ", ".join(sorted(covered.offsets.keys() - set(topics)))
    if unread:
        raise Failure(
            f"The changelog was written with keying = repartition, the settings say record: what "
            f"nobody has read yet in {unread} would be lost. Set it back, or recompute under a "
            "new kafka.group."
        )
    if covered.partitions not in (0, partitions):
        raise Failure(
            f"The changelog was written with kafka.partitions = {covered.partitions}, the "
            f"settings say {partitions}: entities would be looked for in other partitions. Set it "
            f"back to {covered.partitions}; or recompute with keying = repartition under a new "
            "kafka.group."
        )


def beginning(
    source: TopicPartition, standing: Standing, covered: int, *, internal: bool
) -> Beginning:
    """Return where reading goes on. `internal`: the topic is one that workers write.

    To read events again changes nothing, to leave some out does. So:

    1. Nothing was committed: the first record.
    2. Offsets beyond the end: the topic is not the one that was read; the first record.
    3. The group is ahead of the changelog: what the changelog covers, if that is still there.
    4. Else: where the group stands.

    Raises Failure where something is lost that no reading brings back: records that only the
    lost changelog held, statements that nobody makes again.
    """
    committed, first, end = standing
    read = max(committed or 0, covered) if internal else committed or 0
    if read > end:
        return cut(source, read, first, internal=internal)
    if committed is None:
        return Beginning(first)
    if committed <= covered:
        return Beginning(committed)
    lost = (
        f"The changelog has lost something: it covers {_name(source)} up to {covered}, and the "
        f"group has committed {committed}."
    )
    if covered < first:
        raise Failure(f"{lost} The topic begins at {first} by now. {RECOMPUTE}")
    return Beginning(covered, f"{lost} It is read again from {covered}.")


def cut(source: TopicPartition, read: int, first: int, *, internal: bool) -> Beginning:
    """Return the beginning of an input that ends before what was read of it.

    Raises Failure for a topic of our own: what others wrote there, and nobody read, is lost.
    """
    what = f"{_name(source)} was read up to {read} and ends before: it was created anew, or cut"
    if internal:
        raise Failure(f"{what}. What it still held is lost. {RECOMPUTE}")
    return Beginning(
        first, f"{what}. It is read again from {first}; what is known already changes nothing."
    )


def hole(source: TopicPartition, expected: int, begin: int, *, internal: bool) -> str:
    """Return what to say of records that are gone before they were read. Raises as `cut`."""
    what = f"{_name(source)}: the records from {expected} to {begin - 1} are gone, unread"
    if internal:
        raise Failure(f"{what}. {RECOMPUTE}")
    return f"{what}; their events are missing. Send them again if you have them."


Beginnings = Callable[
    [Mapping[TopicPartition, Standing], Covered, Callable[[str], bool]],
    dict[TopicPartition, Beginning],
]


def beginnings(
    found: Mapping[TopicPartition, Standing],
    covered: Covered,
    is_internal: Callable[[str], bool],
) -> dict[TopicPartition, Beginning]:
    """Return where reading goes on in each input of a shard. Raises Failure as `beginning`."""
    return {
        source: beginning(
            source,
            standing,
            covered.offsets.get(source.topic, 0),
            internal=is_internal(source.topic),
        )
        for source, standing in found.items()
    }


def _name(source: TopicPartition) -> str:
    return f"{source.topic}[{source.partition}]"
