"""What `make check` checks, `make test` checks too."""

import subprocess
import sys

import pytest

from tests.house.repository import ROOT

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(
    "command", ["ruff format --check", "ruff check", "mypy"], ids=lambda text: text.split()[-1]
)
def test_format_lint_and_types(command: str) -> None:
    result = subprocess.run(
        [sys.executable, "-m", *command.split()],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stdout + result.stderr
