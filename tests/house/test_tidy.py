"""What no tracked file may hold."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from tests.house.repository import PRODUCT, ROOT, name, python_files, tracked

LINES_MAX: Final = 400
# A file may be longer for a reason that stands here.
LONG_FILES: Final[dict[str, str]] = {
    "schemas/events.py": "one short class an event type, and nothing else",
    "tests/histories.py": "one generator of histories; its draws read each other's state",
}

# Time that is a test's input, not its patience.
TIMED_FILES: Final[dict[str, str]] = {
    "tests/integration/test_exact.py": "faults come at random times and last for random times",
    "tests/integration/test_failures.py": "Kafka is away for two minutes",
}

# Written so that this file does not find itself.
MACHINE_PATHS: Final = re.compile(
    r"(?<![\w.$}~-])/(?:work|root|farm|tmp|Users|home/\w+)/[\w.]|/opt/wheel[s]"
)
REGISTRIES: Final = re.compile(
    r"pypi[.]org|pythonhosted[.]org|repo1?[.]maven|registry[.]npmjs|--(?:extra-)?index-ur[l][ =]"
)
# Files with a fault each, on purpose.
FAULTY: Final = "tests/bad/"
TEXT_WITHOUT_SUFFIX: Final = {"Makefile", "Dockerfile", "run", "LICENSE"}
TEXT: Final = {".py", ".md", ".toml", ".yml", ".yaml", ".lock", ".json", ".jsonl", ".txt", ".cfg"}


def texts() -> list[Path]:
    """Return the tracked files that are text."""
    return [
        path
        for path in tracked()
        if (path.suffix in TEXT or path.name in TEXT_WITHOUT_SUFFIX)
        and not name(path).startswith(FAULTY)
    ]


def found(pattern: re.Pattern[str]) -> list[str]:
    """Return every place where a text file matches `pattern`."""
    return [
        f"{name(path)}:{number}: {line.strip()}"
        for path in texts()
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if pattern.search(line)
    ]


def called(node: ast.Call) -> str:
    """Return the last name of what is called: `sleep` of `asyncio.sleep(1)`."""
    function = node.func
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def idle_sleeps(tree: ast.AST, *, waits: bool = False) -> Iterator[int]:
    """Yield the lines of sleeps that stand in no loop on a condition; sleep(0) only gives way."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Call) and called(node) == "sleep" and not waits:
            gives_way = len(node.args) == 1 and ast.unparse(node.args[0]) == "0"
            if not gives_way:
                yield node.lineno
        yield from idle_sleeps(node, waits=waits or isinstance(node, ast.While))


def prints(source: str) -> list[int]:
    """Return the lines that print without the linter's mark."""
    lines = source.splitlines()
    calls = (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call))
    found = [call.lineno for call in calls if getattr(call.func, "id", "") == "print"]
    return [line for line in found if "noqa: T201" not in lines[line - 1]]


def test_no_path_of_a_machine() -> None:
    assert found(MACHINE_PATHS) == []


def test_no_address_of_a_registry() -> None:
    assert found(REGISTRIES) == []


@pytest.mark.parametrize(
    "line", ["see /work" + "/main", "open('/tmp" + "/x')", "/opt/" + "wheels"]
)
def test_a_path_of_a_machine_would_be_found(line: str) -> None:
    assert MACHINE_PATHS.search(line)


def test_tests_print_only_what_a_failure_needs() -> None:
    """A seed or a worker's log; the linter's mark on the line says so."""
    assert [
        f"{name(path)}:{line}"
        for path in python_files("tests")
        for line in prints(path.read_text(encoding="utf-8"))
    ] == []


def test_tests_wait_for_conditions_not_for_time() -> None:
    assert [
        f"{name(path)}:{line}"
        for path in python_files("tests")
        if name(path) not in TIMED_FILES
        for line in idle_sleeps(ast.parse(path.read_text(encoding="utf-8")))
    ] == []


@pytest.mark.parametrize(
    ("source", "lines"),
    [
        ("time.sleep(1)", [1]),
        ("await asyncio.sleep(0.5)", [1]),
        ("await asyncio.sleep(0)", []),
        ("while not ready():\n    time.sleep(0.05)", []),
        ("for _ in range(9):\n    time.sleep(0.05)", [2]),
    ],
)
def test_an_idle_sleep_is_recognised(source: str, lines: list[int]) -> None:
    assert list(idle_sleeps(ast.parse(source))) == lines


def test_files_are_short() -> None:
    """A reader takes in a file at once; 300 lines are aimed at."""
    long = {
        name(path)
        for path in python_files()
        if len(path.read_text(encoding="utf-8").splitlines()) > LINES_MAX
    }
    assert long - LONG_FILES.keys() == set()
    assert LONG_FILES.keys() - long == set(), "these are short by now: strike them from the list"


def test_every_folder_of_the_product_is_a_package() -> None:
    folders = {path.parent for path in python_files(*PRODUCT)}
    assert [name(folder) for folder in folders if not (folder / "__init__.py").exists()] == []


def test_text_files_end_with_one_newline_and_have_no_trailing_blanks() -> None:
    faulty = []
    for path in texts():
        text = path.read_text(encoding="utf-8")
        blanks = any(line != line.rstrip(" \t") for line in text.split("\n"))
        if text and (not text.endswith("\n") or text.endswith("\n\n") or blanks):
            faulty.append(name(path))
    assert faulty == []


def test_git_tracks_nothing_that_is_made() -> None:
    made = re.compile(r"(^|/)(__pycache__|\.venv|build|dist|.*\.egg-info)/|\.(pyc|so)$")
    assert [name(path) for path in tracked() if made.search(name(path))] == []


def test_the_root_has_what_a_visitor_looks_for() -> None:
    wanted = ["README.md", "CHANGELOG.md", "LICENSE", "Makefile", "pyproject.toml"]
    assert [file for file in wanted if not (ROOT / file).exists()] == []
