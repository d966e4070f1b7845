"""Compile the hot pure modules with mypyc, if DESKPULSE_COMPILE=1 asks for it.

The same files run as plain Python, which is the default and needs no compiler.
"""

import importlib.util
import os
import shutil
import sys
from typing import Any, Final

from setuptools import setup

HOT_MODULES: Final = [
    "streams/facts/facts.py",
    "streams/facts/vocabulary.py",
    "streams/entities/attributes.py",
    "streams/entities/rules.py",
    "streams/entities/stored.py",
    "streams/entities/ticket.py",
    "streams/entities/handling.py",
    "streams/entities/sla.py",
    "streams/entities/agents.py",
    "streams/entities/survey.py",
    "streams/entities/customer.py",
    "streams/entities/ticket_facts.py",
    "streams/engine/changes.py",
    "streams/engine/open_tickets.py",
    "streams/engine/store.py",
    "streams/engine/partition.py",
]


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

    return mypycify(HOT_MODULES, opt_level="3")


setup(ext_modules=extensions())
