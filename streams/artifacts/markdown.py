"""Markdown from data."""

from collections.abc import Iterable, Sequence
from textwrap import dedent


def page(title: str, *blocks: str) -> str:
    """Return a page: blocks with an empty line between them, a line feed at the end."""
    return "\n\n".join((f"# {title}", *(block.strip("\n") for block in blocks if block))) + "\n"


def section(level: int, title: str, *blocks: str) -> str:
    """Return a section under a heading."""
    heading = f"{'#' * level} {title}"
    return "\n\n".join((heading, *(block.strip("\n") for block in blocks if block)))


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table; nothing if it has no rows."""
    lines = [row(cells) for cells in rows]
    return "\n".join((row(head), row(["---"] * len(head)), *lines)) if lines else ""


def row(cells: Sequence[str]) -> str:
    """Return a row of a table."""
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def code(text: str, language: str = "text") -> str:
    """Return a block of code; common indentation is taken off."""
    return f"```{language}\n{dedent(text).strip(chr(10))}\n```"


def name(text: str) -> str:
    """Return a name as code."""
    return f"`{text}`"


def names(texts: Iterable[str]) -> str:
    """Return names as code, with commas; a dash if there are none."""
    return ", ".join(name(text) for text in texts) or "–"
