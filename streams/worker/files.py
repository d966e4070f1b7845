"""Files that settings name."""

from pathlib import Path

from streams.worker.failure import Failure


def read_text(file: Path, name: str) -> str:
    """Return the text of a file; `name` is what messages call it. Raises Failure."""
    try:
        return file.read_text("utf-8")
    except OSError as error:
        raise Failure(f"{name} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise Failure(f"{name} is no text in UTF-8 (byte {error.start})") from error
