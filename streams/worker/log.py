"""Plain lines on stderr; what the libraries repeat is shown now and then."""

import logging
import sys
import time
from collections.abc import Callable
from typing import Final, TextIO

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
        record.msg = record.getMessage() + (f" ({left_out} more like this)" if left_out else "")
        record.args = ()
        record.exc_info = None
        return True


def set_up_logging(stream: TextIO = sys.stderr) -> None:
    """Write our messages from INFO on, those of libraries from WARNING on."""
    handler = logging.StreamHandler(stream)
    formatter = logging.Formatter("{asctime}Z {levelname:<7} {message}", "%Y-%m-%dT%H:%M:%S", "{")
    formatter.converter = time.gmtime
    handler.setFormatter(formatter)
    handler.addFilter(RateLimit())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    for name in OURS:
        logging.getLogger(name).setLevel(logging.INFO)
    logging.getLogger(DERIVED).setLevel(logging.ERROR)
