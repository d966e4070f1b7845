"""Ends the demo in good order: Ctrl-C, SIGTERM, a closed terminal."""

import signal
from collections.abc import Callable
from types import FrameType
from typing import Any, Final, Self

ENDING: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stopped(BaseException):
    """A signal asked for the end. No Exception: nobody on the way shall take it for a fault."""


class Signals:
    """As a context: the first signal calls `on_signal`, or raises Stopped where none is set.

    Later ones change nothing: the end is on its way, and everything is to be cleaned up.
    """

    def __init__(self) -> None:
        self.on_signal: Callable[[], object] | None = None
        self._seen = False
        self._before: dict[signal.Signals, Any] = {}

    def __enter__(self) -> Self:
        for number in ENDING:
            self._before[number] = signal.signal(number, self._receive)
        return self

    def __exit__(self, *_: object) -> None:
        for number, before in self._before.items():
            signal.signal(number, before)

    def _receive(self, number: int, frame: FrameType | None) -> None:
        if self._seen:
            return
        self._seen = True
        if self.on_signal is None:
            raise Stopped
        self.on_signal()
