"""`deskpulse generate`: lines on stdout, a summary on stderr, quiet when the reader leaves."""

import gzip
import subprocess
import sys
from pathlib import Path

import orjson
from click.testing import CliRunner

from streams.commands.generate import generate

SMALL = ["--tickets", "20", "--days", "2", "--seed", "9"]


def test_stdout_has_one_event_a_line_and_stderr_a_summary() -> None:
    """Programs read stdout; people read one closing line on stderr."""
    result = CliRunner().invoke(generate, SMALL)
    assert result.exit_code == 0
    events = [orjson.loads(line) for line in result.stdout.splitlines()]
    assert all(event["specversion"] == "1.0" for event in events)
    assert result.stderr.startswith(
        f"{len(events)} events of 20 tickets in 2 days from 2026-01-05"
    )


def test_a_file_has_the_same_bytes_as_stdout(tmp_path: Path) -> None:
    """`--output` writes the stream; a name that ends in .gz compresses it, the same each time."""
    plain, packed, again = (tmp_path / name for name in ("a.jsonl", "a.jsonl.gz", "b.jsonl.gz"))
    for path in (plain, packed, again):
        assert CliRunner().invoke(generate, [*SMALL, "--output", str(path)]).exit_code == 0
    stdout = CliRunner().invoke(generate, SMALL).stdout_bytes
    assert plain.read_bytes() == stdout
    assert gzip.decompress(packed.read_bytes()) == stdout
    assert packed.read_bytes() == again.read_bytes()


def test_the_start_may_be_any_instant() -> None:
    """A date is 00:00 UTC; an offset counts; a time without one is refused with a hint."""
    result = CliRunner().invoke(generate, [*SMALL, "--start", "2026-03-01T02:00:00+02:00"])
    assert orjson.loads(result.stdout.splitlines()[0])["time"].startswith("2026-03-01T00:00:00")
    result = CliRunner().invoke(generate, [*SMALL, "--start", "2026-03-01T02:00:00"])
    assert result.exit_code == 2
    assert "is no instant. Write" in result.stderr


def test_a_folder_that_is_not_there_is_named() -> None:
    """The message says which file and why."""
    result = CliRunner().invoke(generate, [*SMALL, "--output", "/no/such/folder/a.jsonl"])
    assert result.exit_code == 1
    assert "/no/such/folder/a.jsonl" in result.stderr


def test_a_reader_that_leaves_ends_it_quietly() -> None:
    """`deskpulse generate | head -1` prints a line and no traceback."""
    code = "from streams.commands.generate import generate; generate()"
    arguments = [sys.executable, "-c", code, "--tickets", "2000"]
    environment = {"PYTHONPATH": ":".join(sys.path)}
    with subprocess.Popen(
        arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 0
