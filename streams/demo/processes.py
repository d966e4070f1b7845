"""Workers as child processes: start one, kill one; none outlives the demo."""

import os
import socket
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from streams.demo.guard import Guard

HOST: Final = "127.0.0.1"
STOP_SECONDS: Final = 20.0
LAST_LINES: Final = 15

# Options by which a user's environment would turn the demo's workers into something else.
OVERRIDES: Final = "DESKPULSE_"


@dataclass(kw_only=True)
class WorkerProcess:
    """A `deskpulse worker` in a session of its own, so that Ctrl-C reaches the demo alone."""

    name: str
    address: str
    config: Path
    log: Path
    killed: bool = False
    _process: subprocess.Popen[bytes] | None = field(default=None, repr=False)
    _guard: Guard | None = field(default=None, repr=False)

    @property
    def alive(self) -> bool:
        """Whether the process runs."""
        return self._process is not None and self._process.poll() is None

    @property
    def started(self) -> bool:
        """Whether the process was ever started."""
        return self._process is not None

    def start(self) -> None:
        """Start the process; nothing happens if it runs."""
        if self.alive:
            return
        self._reap()
        self.killed = False
        command = [sys.executable, "-m", "streams.commands.main", "worker"]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [*command, "--config", str(self.config)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=without_overrides(os.environ),
                start_new_session=True,
            )
        self._guard = Guard(self._process)

    def kill(self) -> None:
        """End the process by SIGKILL: no checkpoint, no goodbye to the group."""
        if self._process is not None and self.alive:
            self.killed = True
            self._process.kill()

    def terminate(self) -> None:
        """Ask the process to end; `wait` waits for it."""
        if self._process is not None and self.alive:
            self._process.terminate()

    def wait(self) -> None:
        """Wait until the process has ended; after STOP_SECONDS it is killed."""
        if self._process is not None:
            try:
                self._process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self._process.kill()
        self._reap()

    def last_lines(self) -> str:
        """Return the end of the worker's log."""
        lines = self.log.read_text(errors="replace").splitlines() if self.log.exists() else []
        return "\n".join(lines[-LAST_LINES:])

    def _reap(self) -> None:
        if self._guard is not None:
            self._guard.release()
            self._guard = None
        if self._process is not None:
            self._process.wait()


def without_overrides(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the environment without what would change the workers' configuration."""
    return {name: value for name, value in environment.items() if not name.startswith(OVERRIDES)}


def free_port(wanted: int) -> int:
    """Return `wanted` if nobody listens there, else another port."""
    for port in (wanted, 0):
        with socket.socket() as candidate:
            candidate.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                candidate.bind((HOST, port))
            except OSError:
                continue
            return int(candidate.getsockname()[1])
    raise OSError("no port is free")
