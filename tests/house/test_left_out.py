"""A real part that is absent is named loudly, and in CI it fails."""

import os
import subprocess
import sys
from pathlib import Path

from tests.house.repository import ROOT

MARKED = """
import pytest

@pytest.mark.promtool
def test_rules(): ...

def test_other(): ...
"""


def run(tmp_path: Path, *, ci: str) -> subprocess.CompletedProcess[str]:
    """Run a test that needs promtool on a machine that has none."""
    file = tmp_path / "test_marked.py"
    file.write_text(MARKED, encoding="utf-8")
    options = [
        "-c",
        str(ROOT / "pyproject.toml"),
        "-p",
        "tests.conftest",
        "-p",
        "no:cacheprovider",
    ]
    return subprocess.run(
        [sys.executable, "-m", "pytest", *options, str(file)],
        cwd=ROOT,
        env={**os.environ, "PATH": "", "CI": ci},
        capture_output=True,
        text=True,
        check=False,
    )


def test_an_absent_part_is_named_in_one_loud_line(tmp_path: Path) -> None:
    result = run(tmp_path, ci="")
    assert result.returncode == 0, result.stdout
    (line,) = [row for row in result.stdout.splitlines() if row.startswith("!!")]
    assert "LEFT OUT, not installed here: promtool (1 tests)" in line
    assert "1 passed, 1 skipped" in result.stdout.splitlines()[-1]


def test_in_ci_an_absent_part_fails(tmp_path: Path) -> None:
    result = run(tmp_path, ci="true")
    assert result.returncode == 1
    assert "with CI=true nothing is left out" in result.stdout
    assert "1 passed, 1 error" in result.stdout.splitlines()[-1]
