"""Libraries that repeat themselves are cut short; we are not."""

import io
import logging
from collections.abc import Iterator

import pytest

from streams.worker.log import RateLimit, set_up_logging


def line(number: int, name: str = "aiokafka.conn", text: str = "away") -> logging.LogRecord:
    """Return a record that was logged at this line of a file."""
    return logging.LogRecord(name, logging.ERROR, "conn.py", number, text, (), None)


def test_a_library_is_heard_once_in_ten_seconds_per_message() -> None:
    """Others of its messages pass; the next one says how many were left out."""
    now = 0.0
    limit = RateLimit(lambda: now)
    assert limit.filter(line(1))
    assert not limit.filter(line(1))
    assert not limit.filter(line(1))
    assert limit.filter(line(2))
    now = 10.0
    shown = line(1)
    assert limit.filter(shown)
    assert shown.getMessage() == "away (2 more like this)"


def test_our_own_messages_all_pass() -> None:
    """They are rare and each says something."""
    limit = RateLimit(lambda: 0.0)
    assert all(limit.filter(line(1, "streams.worker.app")) for _ in range(3))


@pytest.fixture
def root_logger() -> Iterator[logging.Logger]:
    """The root logger, put back afterwards."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield root
    root.handlers[:], root.level = handlers, level


def test_lines_are_plain(root_logger: logging.Logger) -> None:
    """Time in UTC, level, sentence; a library's traceback is left out."""
    stream = io.StringIO()
    set_up_logging(stream)
    logging.getLogger("streams.worker.app").info("Ready")
    logging.getLogger("mode.services").error("Crashed", exc_info=ConnectionError())
    ready, crashed = stream.getvalue().splitlines()
    assert ready.endswith("Z INFO    Ready")
    assert crashed.endswith("Z ERROR   Crashed")
