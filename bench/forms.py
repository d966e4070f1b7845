"""The two forms of the same files: plain Python, and with the hot modules compiled."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final, NamedTuple

BUILD: Final = Path("build") / "bench"


class Form(NamedTuple):
    """Plain Python or compiled: the packages to run."""

    name: str
    packages: Path


class NotBuilt(Exception):
    """A form that cannot be had on this machine, and why."""


def plain() -> Form:
    """Return the files as they are, even if compiled modules lie beside them."""
    return Form("plain", _built("plain", {}))


def compiled() -> Form:
    """Return the files with the hot modules compiled. Raises NotBuilt if that cannot be."""
    form = Form("compiled", _built("compiled", {"DESKPULSE_COMPILE": "1"}))
    if not any(form.packages.rglob("*.so")):
        raise NotBuilt("setup.py names no module to compile")
    return form


def _built(name: str, environment: dict[str, str]) -> Path:
    target = (BUILD / name).resolve()
    shutil.rmtree(target, ignore_errors=True)
    packages = target / "packages"
    command = [sys.executable, "setup.py", "--quiet", "build", "--build-base", str(target)]
    built = subprocess.run(
        [*command, "--build-lib", str(packages)],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    if built.returncode != 0:
        raise NotBuilt(built.stderr.strip().splitlines()[-1])
    return packages
