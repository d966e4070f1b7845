"""Records that were refused: as they came, with the reason. (Contract 1.)"""

from schemas.rejected import Rejected
from streams.worker.batch import Record
from streams.worker.fence import Row


def dead_letter(rejected: Rejected, record: Record) -> Row:
    """Return the record of the dead-letter topic: what came, and as headers where and why.

    The record's own headers stay, before ours: in the binary binding they are half of the event.
    """
    headers = {
        "reason": rejected.reason,
        "message": rejected.message,
        "topic": record.topic,
        "partition": str(record.partition),
        "offset": str(record.offset),
    }
    ours = ((name, text.encode()) for name, text in headers.items())
    return Row(record.key, record.value, (*record.headers, *ours))
