"""Plain lines on stderr; what the libraries repeat is shown now and then.

No line holds what an event says: customers, agents and free text belong into no log.
"""

import logging
import sys
import time
import traceback
from collections.abc import Callable
from typing import Any, Final, TextIO

OURS: Final = ("streams", "agents")
# Faust's services log under the name of the module that derives from them.
DERIVED: Final = "streams.worker.transport"
QUIET_SECONDS: Final = 10.0


class RateLimit(logging.Filter):
    """Lets one message of a kind through every ten seconds, with the number of those left out.

    A broker that is away makes aiokafka write thousands of lines a minute. Messages are of a
    kind if they come from the same line of the program. Tracebacks of libraries are left out:
    what ends the worker is said in a message of our own.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._clock = clock
        self._shown: dict[tuple[str, int], float] = {}
        self._left_out: dict[tuple[str, int], int] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Return whether `record` is shown."""
        if record.name.partition(".")[0] in OURS and record.name != DERIVED:
            return True
        kind = (record.pathname, record.lineno)
        now = self._clock()
        if now - self._shown.get(kind, -QUIET_SECONDS) < QUIET_SECONDS:
            self._left_out[kind] = self._left_out.get(kind, 0) + 1
            return False
        self._shown[kind] = now
        left_out = self._left_out.pop(kind, 0)
        text = _without_message(record.getMessage(), record.exc_info)
        record.msg = text + (f" ({left_out} more like this)" if left_out else "")
        record.args = ()
        record.exc_info = None
        return True


class Discreet(logging.Formatter):
    """Formats a traceback without the messages of the exceptions.

    An unexpected one may hold part of an event: KeyError names the key that was not found. Its
    type and the lines that it came from are what a programmer needs.
    """

    def formatException(self, ei: Any) -> str:  # noqa: N802 (logging's name)
        """Return types and places, the cause first."""
        error = ei[1]
        causes = [error]
        while (cause := causes[-1].__cause__ or causes[-1].__context__) is not None:
            causes.append(cause)
        return "\n".join(map(_places, reversed(causes)))


def _without_message(text: str, info: Any) -> str:
    """Return a library's line without what an exception of our own code says."""
    error = info[1] if isinstance(info, tuple) else None
    if (
        error is None
        or isinstance(error, OSError)
        or type(error).__module__.startswith("aiokafka")
    ):
        return text
    for said in (repr(error), str(error)):
        text = text.replace(said, type(error).__name__) if said else text
    return text


def _places(error: BaseException) -> str:
    places = "".join(traceback.format_tb(error.__traceback__))
    return f"Traceback (most recent call last):\n{places}{type(error).__name__}"


def set_up_logging(stream: TextIO = sys.stderr) -> None:
    """Write our messages from INFO on, those of libraries from WARNING on."""
    handler = logging.StreamHandler(stream)
    form = "{asctime}Z {levelname:<7} {message}"
    formatter = Discreet(form, "%Y-%m-%dT%H:%M:%S", "{")
    formatter.converter = time.gmtime
    handler.setFormatter(formatter)
    handler.addFilter(RateLimit())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    for name in OURS:
        logging.getLogger(name).setLevel(logging.INFO)
    logging.getLogger(DERIVED).setLevel(logging.ERROR)
