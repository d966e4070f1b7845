"""The README speaks of what exists, and every command is documented."""

import re
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Final

import pytest

from tests.house.repository import ROOT, name, tracked

COMMANDS: Final = (
    "check-config",
    "dashboards",
    "dead-letters",
    "demo",
    "generate",
    "replay",
    "rules",
    "schema",
    "send",
    "topics",
    "worker",
)
MAIN: Final = "from streams.commands.main import main; main()"


@cache
def documents() -> tuple[Path, ...]:
    """Return the pages for readers."""
    return tuple(path for path in tracked() if path.suffix == ".md")


def code(text: str) -> str:
    """Return the contents of a page's code blocks and spans."""
    blocks = re.findall(r"^```\w*\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    return "\n".join([*blocks, *re.findall(r"`([^`\n]+)`", text)])


def mentioned(pattern: str) -> set[tuple[str, str]]:
    """Return (page, word) for every match of `pattern` in the code of the pages."""
    return {
        (name(page), word)
        for page in documents()
        for word in re.findall(pattern, code(page.read_text(encoding="utf-8")), re.MULTILINE)
    }


def helped(*arguments: str) -> str:
    """Return what `deskpulse ... --help` prints."""
    result = subprocess.run(
        [sys.executable, "-c", MAIN, *arguments, "--help"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    return result.stdout


def test_help_lists_every_command() -> None:
    listed = re.findall(r"^  ([a-z-]+)  ", helped(), re.MULTILINE)
    assert set(COMMANDS) <= set(listed)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_documented(command: str) -> None:
    assert command in {word for _, word in mentioned(r"\bdeskpulse ([a-z][a-z-]+)")}
    page = helped(command)
    _, _, group = page.partition("\nCommands:\n")
    parts = re.findall(r"^  ([a-z-]+)  ", group, re.MULTILINE)
    pages = [helped(command, part) for part in parts] or [page]
    assert all("Example: deskpulse" in page for page in pages)


def test_pages_name_commands_that_exist() -> None:
    listed = set(re.findall(r"^  ([a-z-]+)  ", helped(), re.MULTILINE))
    named = mentioned(r"(?:^|[\s`$(/])deskpulse ([a-z][a-z-]+)")
    assert {(page, word) for page, word in named if word not in listed} == set()


def test_pages_name_make_targets_that_exist() -> None:
    targets = set(
        re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    )
    named = mentioned(r"(?:^|[\s`$])make ([a-z]+)")
    assert {(page, word) for page, word in named if word not in targets} == set()


def test_links_lead_to_files_that_exist() -> None:
    dead = [
        f"{name(page)} -> {link}"
        for page in documents()
        for link in re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
        if not (page.parent / link).exists()
    ]
    assert dead == []


def test_a_page_has_one_title() -> None:
    def titles(page: Path) -> int:
        text = re.sub(
            r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL
        )
        return len(re.findall(r"^# ", text, re.MULTILINE))

    assert [name(page) for page in documents() if titles(page) != 1] == []
