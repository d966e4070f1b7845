"""Where a command writes several files: into a directory, or as one text to standard output."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import click

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]


def output_option(explanation: str) -> Decorator:
    """Return the option --output."""
    return click.option(
        "--output",
        metavar="DIR|-",
        type=click.Path(file_okay=False, path_type=Path, allow_dash=True),
        default="-",
        show_default=True,
        help=explanation,
    )


def deliver(output: Path, files: Mapping[str, str], whole: str) -> None:
    """Write the files into a directory; with - print what they are as a whole."""
    if str(output) == "-":
        click.echo(whole, nl=False)
        return
    output.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (output / name).write_text(text, "utf-8")
