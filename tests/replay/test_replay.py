"""`deskpulse replay`, run in process as its users run it."""

import gzip
import json
import re
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from random import Random
from typing import Any

import pytest
from click.testing import CliRunner, Result
from prometheus_client.openmetrics.parser import (
    text_string_to_metric_families as parse_openmetrics,
)
from prometheus_client.parser import text_string_to_metric_families as parse_text

from schemas.policy import Policy
from schemas.scalars import rfc3339
from streams.commands.main import deskpulse
from tests.engine_numbers import Numbers, replayed
from tests.histories import history, instants
from tests.json_lines import to_json
from tests.story import Story

EVENTS = Story(
    replayed,
    """
    09:00  t1  created  queue=tech
    09:10  t1  reply    ann
    09:00  o1  orders   customer=cora amount=0.10
    09:01  o2  orders   customer=cora amount=0.20
    """,
).events
LINES = [to_json(event) for event in EVENTS]

CALENDARS = """
calendar_windows: {zone: Asia/Tokyo}
calendars: {office: {zone: Europe/Warsaw, hours: {mon-sun: ["09:00-17:00"]}}}
business_calendar: office
sla: [{id: all, calendar: office, targets: {first_response: 1h, resolution: 2d}}]
"""


@pytest.fixture
def replay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Run the command in an empty directory."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str, stdin: bytes | None = None) -> Result:
        result = CliRunner().invoke(deskpulse, ["replay", *arguments], input=stdin)
        assert result.exception is None or isinstance(result.exception, SystemExit), result
        return result

    return run


Replay = Callable[..., Result]


def file(name: str, lines: list[str], end: str = "\n") -> str:
    """Write a file of events and return its name."""
    content = "".join(line + end for line in lines).encode()
    Path(name).write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
    return name


def document(result: Result) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(result.stdout)
    assert list(found) == ["at", "events", "samples"]
    return found


def numbers(samples: list[dict[str, Any]]) -> Numbers:
    found: Numbers = {}
    for sample in samples:
        key = sample["name"], frozenset(sample["labels"].items())
        assert key not in found
        found[key] = Fraction(repr(sample["value"]))
    return {key: value for key, value in found.items() if value}


# What is shown


@pytest.mark.parametrize("seed", range(3))
def test_json_holds_every_number_to_the_last_digit(replay: Replay, seed: int) -> None:
    random = Random(seed)
    events = history(random, 10)
    name = file("events.jsonl", [to_json(event) for event in events])
    for t in instants(random, events, 2):
        shown = document(replay("--format", "json", "--at", rfc3339(t), name))
        assert shown["at"] == rfc3339(t)
        assert numbers(shown["samples"]) == replayed(events, Policy(), t)


def test_sums_of_money_are_not_sums_of_floats(replay: Replay) -> None:
    """0.1 + 0.2 is 0.3, and a number that is whole has no point."""
    name = file("events.jsonl", LINES)
    out = replay("--format", "json", name).stdout
    revenue = '"name":"helpdesk_rolling_order_revenue","labels":{"currency":"EUR","window":"1d"}'
    assert f'{revenue},"value":0.3}}' in out
    orders = '"name":"helpdesk_rolling_orders","labels":{"currency":"EUR","window":"1d"}'
    assert f'{orders},"value":2}}' in out


@pytest.mark.parametrize(
    ("format_", "parse"), [("openmetrics", parse_openmetrics), ("text", parse_text)]
)
def test_pages_for_prometheus_can_be_read_by_it(
    replay: Replay, format_: str, parse: Callable[[str], Iterator[Any]]
) -> None:
    """With the samples that JSON has, of the same families."""
    name = file("events.jsonl", LINES)
    page = replay("--format", format_, name).stdout
    samples = [sample for family in parse(page) for sample in family.samples]
    wanted = document(replay("--format", "json", name))["samples"]
    assert sorted((s.name, sorted(s.labels.items()), s.value) for s in samples) == sorted(
        (s["name"], sorted(s["labels"].items()), s["value"]) for s in wanted
    )
    assert page.endswith("# EOF\n") == (format_ == "openmetrics")


def test_a_table_is_for_people(replay: Replay) -> None:
    """No buckets, nothing but text in a pipe, one line a sample."""
    result = replay(file("events.jsonl", LINES))
    lines = result.stdout.splitlines()
    assert any(
        "helpdesk_rolling_tickets_opened " in line and "queue=tech" in line for line in lines
    )
    assert "_bucket" not in result.stdout
    assert "\x1b" not in result.stdout


def test_events_are_summed_up_in_one_line_beside_the_data(replay: Replay) -> None:
    name = file("events.jsonl", [*LINES, LINES[0], "{", '{"type": "x"}'])
    result = replay("--format", "json", name)
    assert result.stderr == (
        "4 applied, 1 duplicate, 2 rejected (invalid_envelope 1, invalid_json 1)\n"
    )
    assert document(result)["events"] == {
        "applied": 4,
        "duplicate": 1,
        "rejected": {"invalid_envelope": 1, "invalid_json": 1},
    }


def test_the_order_of_lines_and_files_does_not_show(replay: Replay) -> None:
    one = replay("--format", "json", file("all.jsonl", LINES)).stdout
    first, second = file("b.jsonl", LINES[:2][::-1]), file("a.jsonl", LINES[2:])
    assert replay("--format", "json", first, second).stdout == one
    assert replay("--format", "json", second, first).stdout == one


def test_a_copy_in_another_file_is_a_duplicate(replay: Replay) -> None:
    name = file("events.jsonl", LINES)
    found = document(replay("--format", "json", name, name))
    assert found["events"] == {"applied": 4, "duplicate": 4, "rejected": {}}
    once = document(replay("--format", "json", name))
    assert found["samples"] == once["samples"]


# Instants


def test_the_instant_is_that_of_the_latest_event(replay: Replay) -> None:
    assert document(replay("--format", "json", file("e", LINES)))["at"] == "2026-06-01T09:10:00Z"


def test_a_content_that_loses_is_not_the_latest_event(replay: Replay) -> None:
    """The same id with a later time: the earlier one stands, and so does the instant."""
    again = LINES[-1].replace("T09:", "T10:")
    assert again != LINES[-1]
    found = document(replay("--format", "json", file("e", [*LINES, again])))
    assert found["at"] == "2026-06-01T09:10:00Z"


def test_events_later_than_the_instant_are_applied_and_not_shown(replay: Replay) -> None:
    at = ("--at", "2026-06-01T09:09:59.999Z")
    found = document(replay("--format", "json", *at, file("events.jsonl", LINES)))
    assert found["at"] == at[1]
    assert found["events"]["applied"] == 4
    without = file("without.jsonl", [LINES[0], *LINES[2:]])
    assert found["samples"] == document(replay("--format", "json", *at, without))["samples"]


def test_an_instant_may_have_any_offset(replay: Replay) -> None:
    name = file("events.jsonl", LINES)
    found = document(replay("--format", "json", "--at", "2026-06-01T12:00:00.0009+02:00", name))
    assert found["at"] == "2026-06-01T10:00:00Z"


@pytest.mark.parametrize(
    "day", ["0007-01-01", "1582-10-15", "1969-12-31", "1970-01-01", "2038-01-20", "9999-12-31"]
)
def test_helpdesks_of_all_ages(replay: Replay, day: str) -> None:
    """With calendars and calendar windows, at the latest event and while some are to come."""
    Path("settings.yaml").write_text(CALENDARS, encoding="utf-8")
    days = (line.replace("2026-06-01", day) for line in LINES)
    name = file("events.jsonl", list(days))
    options = ("--format", "json", "--config", "settings.yaml", name)
    now = document(replay(*options))
    assert now["at"] == f"{day}T09:10:00Z"
    opened = [
        sample["labels"]["window"]
        for sample in now["samples"]
        if sample["name"] == "helpdesk_rolling_tickets_opened"
    ]
    assert {"1h", "1d", "today", "this_quarter"} <= set(opened)
    before = document(replay(*options, "--at", f"{day}T09:05:00Z"))
    names = {sample["name"] for sample in before["samples"]}
    assert "helpdesk_rolling_first_response_time_seconds_gcount" not in names
    assert "helpdesk_tickets_waiting" in names


@pytest.mark.parametrize("time", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999Z"])
def test_the_first_and_the_last_instant_are_instants(replay: Replay, time: str) -> None:
    Path("settings.yaml").write_text(CALENDARS, encoding="utf-8")
    lines = [re.sub('"time": "[^"]*"', f'"time": "{time}"', line) for line in LINES]
    for at in ((), ("--at", time), ("--at", "2026-06-01T09:30:00Z")):
        result = replay("--format", "json", "--config", "settings.yaml", *at, file("e", lines))
        assert document(result)["events"]["applied"] == 4


# Files


def test_a_packed_file_is_unpacked(replay: Replay) -> None:
    plain = replay("--format", "json", file("events.jsonl", LINES))
    assert replay("--format", "json", file("events.jsonl.gz", LINES)).stdout == plain.stdout


def test_standard_input_is_a_file_too(replay: Replay) -> None:
    plain = replay("--format", "json", file("events.jsonl", LINES))
    piped = replay("--format", "json", "-", stdin="\n".join(LINES).encode())
    assert piped.stdout == plain.stdout


def test_blank_lines_and_line_ends_are_passed_over(replay: Replay) -> None:
    """Also those of another system, and a last line without an end."""
    plain = replay("--format", "json", file("events.jsonl", LINES))
    lines = ["", LINES[0], " ", "\t", *LINES[1:], ""]
    spaced = replay("--format", "json", file("spaced.jsonl", lines, "\r\n"))
    assert spaced.stdout == plain.stdout
    assert not document(spaced)["events"]["rejected"]


@pytest.mark.parametrize("content", [[], ["", " "], ["nothing", "of worth"]])
def test_a_file_without_events_shows_nothing(replay: Replay, content: list[str]) -> None:
    result = replay("--format", "json", file("empty.jsonl", content))
    assert result.exit_code == 0
    found = document(result)
    assert found["events"]["applied"] == 0
    assert not [name for name, _ in numbers(found["samples"]) if "_rolling_" in name]
    assert found["at"] == "1970-01-01T00:00:00Z"


@pytest.mark.parametrize("format_", ["json", "openmetrics", "text", "table"])
def test_every_format_can_show_nothing(replay: Replay, format_: str) -> None:
    assert replay("--format", format_, file("empty.jsonl", [])).exit_code == 0


def test_a_file_that_is_not_there_is_named(replay: Replay) -> None:
    result = replay("missing.jsonl")
    assert result.exit_code == 2
    assert "missing.jsonl" in result.stderr
    assert "No such file" in result.stderr
    assert not result.stdout


def test_a_directory_is_no_file_of_events(replay: Replay) -> None:
    Path("folder").mkdir()
    result = replay("folder")
    assert result.exit_code == 2
    assert "folder" in result.stderr


@pytest.mark.parametrize("damage", ["cut", "not packed", "flipped"])
def test_a_damaged_file_is_named(replay: Replay, damage: str) -> None:
    packed = Path(file("events.jsonl.gz", LINES * 50))
    content = packed.read_bytes()
    middle = len(content) // 2
    damaged = {
        "cut": content[:middle],
        "not packed": b"{}\n",
        "flipped": content[:middle] + bytes(20) + content[middle + 20 :],
    }
    packed.write_bytes(damaged[damage])
    result = replay("--format", "json", str(packed))
    assert result.exit_code == 2
    assert "events.jsonl.gz" in result.stderr
    assert not result.stdout


# Exit codes


@pytest.mark.parametrize(
    ("lines", "options", "code"),
    [
        (LINES, (), 0),
        (LINES, ("--strict",), 0),
        ([*LINES, "{"], (), 0),
        ([*LINES, "{"], ("--strict",), 1),
        ([*LINES, LINES[0]], ("--strict",), 0),
    ],
    ids=["good", "good, strict", "rejected", "rejected, strict", "duplicate, strict"],
)
def test_rejected_events_end_strict_replays_with_1(
    replay: Replay, lines: list[str], options: tuple[str, ...], code: int
) -> None:
    """The numbers are shown all the same."""
    result = replay("--format", "json", *options, file("events.jsonl", lines))
    assert result.exit_code == code
    assert document(result)["events"]["applied"] == 4


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "FILE"),
        (("--at", "yesterday", "e.jsonl"), "'yesterday' is no RFC 3339 time"),
        (("--at", "2026-06-01T10:00:00", "e.jsonl"), "with an offset"),
        (("--at", "2026-02-30T10:00:00Z", "e.jsonl"), "2026-02-30"),
        (("--format", "xml", "e.jsonl"), "'xml'"),
        (("--loud", "e.jsonl"), "--loud"),
        (("--config", "missing.yaml", "e.jsonl"), "missing.yaml"),
        (("--config", "bad.yaml", "e.jsonl"), "window"),
    ],
    ids=str,
)
def test_wrong_usage_ends_with_2_and_says_what(
    replay: Replay, arguments: tuple[str, ...], said: str
) -> None:
    file("e.jsonl", LINES)
    Path("bad.yaml").write_text("window: [1h]\n", encoding="utf-8")
    result = replay(*arguments)
    assert result.exit_code == 2
    assert said in result.stderr
    assert "Traceback" not in result.stderr
    assert not result.stdout


def test_settings_decide(replay: Replay, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those of the file, and those of the environment before them."""
    Path("settings.yaml").write_text("windows: [3d]\ndimensions: {queue: [x]}\n", encoding="utf-8")
    name = file("events.jsonl", LINES)

    def windows(*options: str) -> set[tuple[str, str]]:
        samples = document(replay("--format", "json", *options, name))["samples"]
        return {
            (sample["labels"]["window"], sample["labels"]["queue"])
            for sample in samples
            if sample["name"] == "helpdesk_rolling_tickets_opened"
        }

    assert windows("--config", "settings.yaml") == {("3d", "other")}
    monkeypatch.setenv("DESKPULSE_WINDOWS", "[30m]")
    assert windows("--config", "settings.yaml") == {("30m", "other")}
