"""What the demo writes to the terminal: lines that stay, and below them one that lives."""

import shutil
from contextlib import suppress
from typing import Final, TextIO

CLEAR: Final = "\r\x1b[2K"


class Transcript:
    """Writes to a stream; the living line only if that is a terminal.

    A terminal that was closed is no reason to fail: there is still work to be cleaned up.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._alive = stream.isatty()
        self._status = ""
        self._doing = ""

    def tell(self, text: str) -> None:
        """Write lines that stay."""
        self._write(f"{CLEAR}{text}\n{self._status}" if self._alive else f"{text}\n")

    def say(self, what: str, text: str) -> None:
        """Write a line about a part of the demo."""
        self.tell(f"  {what:<10} {text}")

    def status(self, text: str) -> None:
        """Replace the living line."""
        if self._alive:
            columns = shutil.get_terminal_size().columns
            self._status = text[: columns - 1]
            self._write(f"{CLEAR}{self._status}")

    def progress(self, text: str) -> None:
        """Say what is done at present: in the living line, elsewhere a line for each new thing."""
        doing = text.partition(":")[0]
        if self._alive:
            self.status(f"  {text}")
        elif doing != self._doing:
            self.say("", text)
        self._doing = doing

    def end(self, text: str) -> None:
        """Write the last line, in place of the living one."""
        self._status = ""
        self.tell(text)

    def _write(self, text: str) -> None:
        with suppress(OSError, ValueError):
            self._stream.write(text)
            self._stream.flush()
