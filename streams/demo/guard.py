"""Ends a child process when its parent ends, however that happens."""

import subprocess


class Guard:
    """A process that waits for the end of this one, and then ends `process`.

    Whatever ends this process closes the pipe that the guard reads. The kernel's parent-death
    signal would be tied to the thread that called, and exists on Linux only.
    """

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._guard = subprocess.Popen(
            ["/bin/sh", "-c", f"read line; kill -9 {process.pid}"],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def release(self) -> None:
        """Stop guarding, before the process is reaped: then its number may be another's."""
        self._guard.kill()
        self._guard.communicate()
