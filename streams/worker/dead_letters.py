"""Records that were refused: as they came, with the reason. (Contract 1.)"""

from schemas.rejected import Rejected
from streams.worker.fence import Row


def dead_letter(
    rejected: Rejected,
    *,
    key: bytes | None,
    value: bytes | None,
    topic: str,
    partition: int,
    offset: int,
) -> Row:
    """Return the record of the dead-letter topic: what came, and as headers where and why."""
    headers = {
        "reason": rejected.reason,
        "message": rejected.message,
        "topic": topic,
        "partition": str(partition),
        "offset": str(offset),
    }
    return Row(key, value, tuple((name, text.encode()) for name, text in headers.items()))
