"""Files of recorded events: JSON lines, plain or gzip, or standard input."""

import gzip
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path

from schemas.errors import DeskpulseError

STDIN = "-"


def event_lines(name: str) -> Iterator[bytes]:
    """Yield the lines of a file that are not blank, without their ends; "-" is stdin.

    Raises DeskpulseError if the file cannot be read or unpacked.
    """
    try:
        if name == STDIN:
            yield from _lines(sys.stdin.buffer)
        else:
            with gzip.open(name) if name.endswith(".gz") else Path(name).open("rb") as lines:
                yield from _lines(lines)
    except (OSError, EOFError, zlib.error) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise DeskpulseError(f"{name} cannot be read: {reason}") from error


def _lines(lines: Iterator[bytes]) -> Iterator[bytes]:
    return (line.rstrip(b"\r\n") for line in lines if not line.isspace())
