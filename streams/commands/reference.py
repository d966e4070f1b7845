"""`python -m streams.commands.reference DIRECTORY`: write docs/reference anew (`make docs`)."""

import sys
from collections.abc import Iterator
from pathlib import Path

import click

from streams.artifacts.reference import CommandHelp, pages
from streams.commands.main import deskpulse

# As wide as the pages themselves, whatever the terminal.
WIDTH = 96


def commands() -> Iterator[CommandHelp]:
    """Yield every command with what its --help prints."""
    names = ["-h", "--help"]
    yield from helps(
        click.Context(
            deskpulse, info_name="deskpulse", terminal_width=WIDTH, help_option_names=names
        )
    )


def helps(context: click.Context) -> Iterator[CommandHelp]:
    """Yield a command and the commands below it."""
    yield CommandHelp(context.command_path, context.get_help())
    group = context.command
    if isinstance(group, click.Group):
        for name in group.list_commands(context):
            command = group.get_command(context, name)
            assert command is not None
            yield from helps(click.Context(command, parent=context, info_name=name))


def main(directory: Path) -> None:
    """Write the pages into a directory."""
    for name, text in pages(commands()).items():
        (directory / name).write_text(text, "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
