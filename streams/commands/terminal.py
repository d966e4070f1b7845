"""What a terminal shows: tables and colour there, plain text everywhere else."""

import sys
from typing import Final

from rich.console import Console

# Lines of a file or a pipe are never cut or folded.
ENDLESS: Final = 1_000


def console() -> Console:
    """Return the console for data, on stdout: colour only in a terminal, never with NO_COLOR.

    Texts are shown as they are: a queue may be called "[red]".
    """
    width = None if sys.stdout.isatty() else ENDLESS
    return Console(file=sys.stdout, width=width, markup=False, highlight=False, emoji=False)
