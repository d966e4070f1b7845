"""The pages of docs/reference, by the name of their file."""

from collections.abc import Iterable
from typing import Final, NamedTuple

from streams.artifacts.events_page import events_page
from streams.artifacts.kpis_page import kpis_page
from streams.artifacts.markdown import code, name, page, section
from streams.artifacts.metrics_page import metrics_page
from streams.artifacts.settings_page import settings_page

GENERATED: Final = "Made from the code by `make docs`; change it there."


class CommandHelp(NamedTuple):
    """A command as it is called, and what its --help prints."""

    call: str
    help: str


def pages(commands: Iterable[CommandHelp]) -> dict[str, str]:
    """Return every page that is made from the code; the table of commands is handed in."""
    return {
        "kpis.md": kpis_page(GENERATED),
        "metrics.md": metrics_page(GENERATED),
        "events.md": events_page(GENERATED),
        "settings.md": settings_page(GENERATED),
        "commands.md": commands_page(commands),
    }


def commands_page(commands: Iterable[CommandHelp]) -> str:
    """Return the page of commands."""
    return page(
        "Commands",
        "What each command prints with `--help`. Data goes to standard output, everything else "
        "to standard error. Exit code 0: done; 1: it failed, or something was refused and "
        "`--strict` asked for it; 2: wrong usage or settings. " + GENERATED,
        *(section(2, name(command.call), code(command.help)) for command in commands),
    )
