"""Compile the hot pure modules with mypyc, if DESKPULSE_COMPILE=1 asks for it.

The same files run as plain Python, which is the default and needs no compiler.
"""

import importlib.util
import os
import shutil
import sys
from typing import Any, Final

from setuptools import setup

HOT_MODULES: Final[list[str]] = []


def extensions() -> list[Any]:
    """Return the compiled modules, or nothing unless they are asked for."""
    if os.environ.get("DESKPULSE_COMPILE") != "1":
        return []
    if importlib.util.find_spec("mypyc") is None:
        sys.exit("DESKPULSE_COMPILE=1 needs mypy: pip install mypy, then --no-build-isolation.")
    compilers = (os.environ.get("CC", "cc"), "gcc", "clang")
    if not any(shutil.which(compiler) for compiler in compilers):
        sys.exit("DESKPULSE_COMPILE=1 needs a C compiler and Python's headers; none was found.")
    from mypyc.build import mypycify

    return mypycify(["--strict", *HOT_MODULES], opt_level="3") if HOT_MODULES else []


setup(ext_modules=extensions())
