"""Rooms import only rooms below them, and the guard that says so is awake."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.repository import ROOT, python_files

LINT = "from importlinter.cli import lint_imports_command; lint_imports_command()"


def linted(directory: Path) -> subprocess.CompletedProcess[str]:
    """Check the arrows of the tree in `directory`."""
    return subprocess.run(
        [sys.executable, "-c", LINT, "--no-cache"],
        cwd=directory,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the tree, to plant faults in."""
    copied = tmp_path_factory.mktemp("tree")
    shutil.copy(ROOT / "pyproject.toml", copied)
    for path in python_files("schemas", "streams", "agents", "tests"):
        target = copied / path.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, target)
    return copied


def test_arrows_point_one_way() -> None:
    result = linted(ROOT)
    assert result.returncode == 0, result.stdout


@pytest.mark.parametrize(
    ("file", "line", "contract"),
    [
        ("schemas/scalars.py", "import streams.clocks", "Packages: agents > streams > schemas"),
        ("streams/facts/facts.py", "import streams.engine", "Rooms of streams point one way"),
        ("streams/engine/engine.py", "import asyncio", "Pure rooms know no Kafka"),
        ("streams/kpis/kpi.py", "import time", "Pure rooms know no Kafka"),
        ("streams/worker/web.py", "import prometheus_client", "Only exposition imports"),
        ("tests/oracle/windows.py", "import streams.clocks.windows", "The oracle shares only"),
        ("streams/new_room/__init__.py", "", "Rooms of streams point one way"),
    ],
)
def test_an_arrow_that_points_up_is_found(copy: Path, file: str, line: str, contract: str) -> None:
    planted = copy / file
    before = planted.read_text(encoding="utf-8") if planted.exists() else None
    planted.parent.mkdir(exist_ok=True)
    planted.write_text(f"{before or ''}\n{line}\n", encoding="utf-8")
    try:
        result = linted(copy)
    finally:
        if before is None:
            shutil.rmtree(planted.parent)
        else:
            planted.write_text(before, encoding="utf-8")
    assert result.returncode != 0
    assert any(
        row.startswith(contract) and row.endswith("BROKEN") for row in result.stdout.splitlines()
    ) or (before is None and "new_room" in result.stdout), result.stdout
