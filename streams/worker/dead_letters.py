"""Records that were refused: as they came, with the reason. (Contract 1.)"""

from typing import Final, NamedTuple, Self

import msgspec

from schemas.decode import binary_attributes
from schemas.rejected import Rejected
from streams.worker.batch import Record
from streams.worker.fence import Row

HEADERS: Final = ("reason", "message", "topic", "partition", "offset")


def dead_letter(rejected: Rejected, record: Record) -> Row:
    """Return the record of the dead-letter topic: what came, and as headers where and why.

    The record's own headers stay, before ours: in the binary binding they are half of the event.
    """
    texts = (
        rejected.reason,
        rejected.message,
        record.topic,
        str(record.partition),
        str(record.offset),
    )
    ours = ((name, text.encode()) for name, text in zip(HEADERS, texts, strict=True))
    return Row(record.key, record.value, (*record.headers, *ours))


class Letter(NamedTuple):
    """A dead letter as it is read back: why it was refused, where it came from, what it holds."""

    reason: str
    message: str
    place: str
    event: bytes

    @classmethod
    def of(cls, record: Record) -> Self:
        """Return the letter in a record of the dead-letter topic."""
        ours = dict.fromkeys(HEADERS, "")
        # The last ones of their names are ours.
        ours |= {name: value.decode(errors="replace") for name, value in record.headers if value}
        reason, message, topic, partition, offset = (ours[name] for name in HEADERS)
        return cls(reason, message, f"{topic}[{partition}]@{offset}", line(record))


def line(record: Record) -> bytes:
    """Return a record as one line of a file of events, whatever it holds.

    In the binary binding the attributes in headers and the data become one event.
    """
    value = record.value or b""
    attributes = binary_attributes(record.headers)
    if attributes is not None:
        event = {name: text.decode(errors="replace") for name, text in attributes.items()}
        value = msgspec.json.encode(event | {"data": _content(value)})
    return b" ".join(value.split(b"\n")).replace(b"\r", b" ")


def _content(value: bytes) -> object:
    """Return JSON as it stands, anything else as text."""
    try:
        msgspec.json.decode(value)
    except (ValueError, RecursionError):
        return value.decode(errors="replace")
    return msgspec.Raw(value)
