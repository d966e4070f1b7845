"""Setting up needs python3 and make, and says so plainly where they do not suffice."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.repository import PRODUCT, ROOT, python_files

OLD_PYTHON = """#!/bin/sh
[ "$1" = --version ] && echo Python 3.9.2
exit 1
"""
NO_VENV = """#!/bin/sh
[ "$2" = venv ] && exit 1
exit 0
"""


def made(tmp_path: Path, target: str, python: str) -> subprocess.CompletedProcess[str]:
    """Run make with another Python and an environment of its own."""
    return subprocess.run(
        ["make", "--no-print-directory", f"VENV={tmp_path / 'venv'}", f"PYTHON={python}", target],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


def script(tmp_path: Path, body: str) -> str:
    """Return the path of a false Python."""
    path = tmp_path / "python3"
    path.write_text(body, encoding="utf-8")
    path.chmod(0o755)
    return str(path)


def test_without_python_make_says_what_is_needed(tmp_path: Path) -> None:
    result = made(tmp_path, "install", "no-such-python")
    assert result.returncode != 0
    assert "needs Python 3.11 or later; no-such-python is not installed" in result.stderr


def test_an_old_python_is_named(tmp_path: Path) -> None:
    result = made(tmp_path, "install", script(tmp_path, OLD_PYTHON))
    assert result.returncode != 0
    assert "needs Python 3.11 or later; this is Python 3.9.2" in result.stderr


def test_a_missing_venv_names_its_package(tmp_path: Path) -> None:
    result = made(tmp_path, "install", script(tmp_path, NO_VENV))
    assert result.returncode != 0
    assert "apt-get install python3-venv" in result.stderr
    assert not (tmp_path / "venv").exists()


@pytest.mark.parametrize(
    "target", ["demo", "test", "fast", "check", "bench", "lock", "compile", "plain", "clean"]
)
def test_every_target_is_listed(tmp_path: Path, target: str) -> None:
    assert f"  make {target} " in made(tmp_path, "help", sys.executable).stdout


@pytest.mark.parametrize(
    ("environment", "message"),
    [
        ({"PATH": "", "CC": ""}, "needs a C compiler and Python's headers"),
        ({"PYTHONPATH": "{without_mypyc}"}, "needs mypy"),
    ],
)
def test_compiling_names_what_is_absent(
    tmp_path: Path, environment: dict[str, str], message: str
) -> None:
    (tmp_path / "sitecustomize.py").write_text(
        "import sys\nsys.modules['mypyc'] = None\n", encoding="utf-8"
    )
    given = {key: value.format(without_mypyc=tmp_path) for key, value in environment.items()}
    result = subprocess.run(
        [sys.executable, "setup.py", "--version"],
        cwd=ROOT,
        env={**os.environ, "DESKPULSE_COMPILE": "1", **given},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode != 0
    assert message in result.stderr


def test_compiled_modules_are_no_older_than_their_sources() -> None:
    """Python prefers a compiled module: a stale one would hide what its source says now."""
    stale = [
        f"{source.name}: run `make compile`, or `make plain`"
        for source in python_files(*PRODUCT)
        for compiled in source.parent.glob(f"{source.stem}.*.so")
        if compiled.stat().st_mtime < source.stat().st_mtime
    ]
    assert stale == []


def test_ci_runs_the_command_of_the_readme() -> None:
    run = ROOT / ".ci" / "run"
    assert os.access(run, os.X_OK)
    lines = run.read_text(encoding="utf-8").splitlines()
    assert lines[-1] == "CI=true exec make test"
    assert "make test" in (ROOT / "README.md").read_text(encoding="utf-8")
    assert subprocess.run(["bash", "-n", run], check=False).returncode == 0
