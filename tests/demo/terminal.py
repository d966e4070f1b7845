"""A program in a terminal of its own, and a look at what it leaves behind."""

import os
import pty
import select
import subprocess
import sys
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from time import monotonic
from typing import Final

import psutil

ROOT: Final = Path(__file__).parents[2]
PATIENCE_SECONDS: Final = 180.0
MARK: Final = "MARK_OF_A_TEST"


class Terminal:
    """A program that runs in a pseudo-terminal, in empty folders of its own."""

    def __init__(self, directory: Path, arguments: list[str], given: Mapping[str, str]) -> None:
        self.folders = directory / "work", directory / "temporary"
        for folder in self.folders:
            folder.mkdir()
        self.mark = uuid.uuid4().hex
        self.output = ""
        self._keyboard, screen = pty.openpty()
        environment = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        environment |= {"PYTHONPATH": str(ROOT), "TMPDIR": str(self.folders[1]), MARK: self.mark}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "streams.commands.main", *arguments],
            cwd=self.folders[0],
            env={**environment, **given},
            stdin=screen,
            stdout=screen,
            stderr=screen,
            start_new_session=True,
        )
        os.close(screen)

    def press(self, key: str) -> None:
        """Type a key."""
        os.write(self._keyboard, key.encode())

    def hang_up(self) -> None:
        """Close the terminal."""
        os.close(self._keyboard)
        self._keyboard = -1

    def until(self, text: str) -> str:
        """Read until `text` has been written since the last call; return what was written."""
        deadline = monotonic() + PATIENCE_SECONDS
        begin = len(self.output)
        while text not in self.output[begin:]:
            assert monotonic() < deadline, f"{text!r} was not written:\n{self.output}"
            assert self._read(), f"ended without {text!r}:\n{self.output}"
        return self.output[begin:]

    def end(self) -> int:
        """Wait for the end of the program and return its exit code."""
        deadline = monotonic() + PATIENCE_SECONDS
        while self._keyboard >= 0 and self._read():
            assert monotonic() < deadline, f"it does not end:\n{self.output}"
        return self.process.wait(PATIENCE_SECONDS)

    def processes(self) -> list[psutil.Process]:
        """Return the program and all that it started, however far away, that still run."""
        return [process for process in psutil.process_iter() if self._is_ours(process)]

    def files(self) -> list[Path]:
        """Return the files in its working and its temporary directory."""
        return [file for folder in self.folders for file in folder.iterdir()]

    def _read(self) -> bool:
        """Read what is there, waiting a little; False once the program has closed the terminal."""
        if not select.select([self._keyboard], [], [], 0.2)[0]:
            return True
        try:
            written = os.read(self._keyboard, 65_536)
        except OSError:
            return False
        self.output += written.decode(errors="replace")
        return bool(written)

    def _is_ours(self, process: psutil.Process) -> bool:
        try:
            return process.environ().get(MARK) == self.mark and process.is_running()
        except psutil.Error:
            return False


@contextmanager
def terminal(
    directory: Path, *arguments: str, given: Mapping[str, str] | None = None
) -> Iterator[Terminal]:
    """Run `deskpulse` in a terminal; whatever happens in the test, nothing of it stays."""
    program = Terminal(directory, list(arguments), given or {})
    try:
        yield program
    finally:
        for process in program.processes():
            process.kill()
        program.process.wait()
