"""The console blocks of the README show what really happens."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.repository import ROOT

BLOCKS = re.findall(
    r"^```console\n(.*?)^```",
    (ROOT / "README.md").read_text(encoding="utf-8"),
    re.MULTILINE | re.DOTALL,
)


def steps(block: str) -> list[tuple[str, str]]:
    """Return the commands of a block, each with the output that it shows."""
    found: list[tuple[str, str]] = []
    ending = None
    for line in block.splitlines():
        if ending is not None:  # inside a here-document
            found[-1] = (f"{found[-1][0]}\n{line}", "")
            ending = None if line == ending else ending
        elif line.startswith("$ "):
            found.append((line[2:], ""))
            document = re.search(r"<<'(\w+)'", line)
            ending = document[1] if document else None
        else:
            found[-1] = (found[-1][0], f"{found[-1][1]}{line}\n")
    return found


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: block.split("\n", 1)[0][2:40])
def test_a_console_block_is_what_happens(block: str, tmp_path: Path) -> None:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    for command, shown in steps(block):
        result = subprocess.run(
            ["bash", "-c", command],
            cwd=tmp_path,
            env={**os.environ, "PATH": path},
            capture_output=True,
            text=True,
            check=False,
        )
        assert (result.returncode, result.stdout) == (0, shown), result.stderr


def test_there_are_console_blocks() -> None:
    assert BLOCKS
