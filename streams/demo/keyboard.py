"""Single keys from a terminal, without Enter."""

import asyncio
import os
import sys
import termios
import tty
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress


@contextmanager
def keys(actions: Mapping[str, Callable[[], None]]) -> Iterator[bool]:
    """Call the action of each key that is pressed; give whether there is a keyboard at all."""
    if not sys.stdin.isatty():
        yield False
        return
    loop = asyncio.get_running_loop()
    keyboard = sys.stdin.fileno()

    def pressed() -> None:
        typed = os.read(keyboard, 64)
        if not typed:
            loop.remove_reader(keyboard)  # the terminal is gone
        for key in typed.decode(errors="ignore").lower():
            if action := actions.get(key):
                action()

    before = termios.tcgetattr(keyboard)
    tty.setcbreak(keyboard)
    loop.add_reader(keyboard, pressed)
    try:
        yield True
    finally:
        loop.remove_reader(keyboard)
        with suppress(termios.error):
            termios.tcsetattr(keyboard, termios.TCSADRAIN, before)
