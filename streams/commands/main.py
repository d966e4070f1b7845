"""`deskpulse`: the table of its commands. Errors become a message and an exit code here."""

from collections.abc import Sequence
from difflib import get_close_matches
from importlib import import_module
from typing import Final, NamedTuple

import click

from schemas.errors import DeskpulseError


class Entry(NamedTuple):
    """Where a command is, and its line in the help. It is loaded only when it is called."""

    module: str
    function: str
    sentence: str


COMMANDS: Final = {
    "demo": Entry("demo", "demo", "Show it all: broker, helpdesk, workers and a live page."),
    "worker": Entry("worker", "worker", "Compute the KPIs from Kafka and serve them on /metrics."),
    "replay": Entry("replay", "replay", "Show the KPIs of recorded events, without Kafka."),
    "topics": Entry("topics", "topics", "Create or check the topics that workers need."),
    "check-config": Entry(
        "check_config", "command", "Check the settings and print those in effect."
    ),
    "generate": Entry("generate", "generate", "Write a realistic stream of events."),
    "send": Entry("send", "send", "Check recorded events and send them to Kafka."),
    "dead-letters": Entry(
        "dead_letters", "command", "Show refused events, to mend and send them again."
    ),
    "rules": Entry("rules", "command", "Write Prometheus' rules: recordings and alerts."),
    "dashboards": Entry("dashboards", "command", "Write Grafana's dashboards."),
    "schema": Entry("schema", "command", "Print the schema of the events or the settings."),
}


class Commands(click.Group):
    """The commands of the table, loaded one by one."""

    def list_commands(self, context: click.Context) -> list[str]:
        """Return the names in the order of the table."""
        return list(COMMANDS)

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        """Return a command, None if there is none of that name."""
        if name not in COMMANDS:
            return None
        entry = COMMANDS[name]
        command = getattr(import_module(f"streams.commands.{entry.module}"), entry.function)
        assert isinstance(command, click.Command)
        return command

    def resolve_command(
        self, context: click.Context, arguments: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command that the arguments name."""
        name = arguments[0]
        if name not in COMMANDS and not name.startswith("-"):
            close = get_close_matches(name, COMMANDS, n=1)
            guess = f' Did you mean "{close[0]}"?' if close else ""
            context.fail(f'No such command "{name}".{guess}')
        return super().resolve_command(context, arguments)

    def format_commands(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the table."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, entry.sentence) for name, entry in COMMANDS.items()])

    def invoke(self, context: click.Context) -> object:
        """Run a command; an error that its user can cure is a message, not a traceback."""
        try:
            return super().invoke(context)
        except DeskpulseError as error:
            click.echo(str(error), err=True)
            context.exit(error.exit_code)


def show_version(context: click.Context, _: click.Parameter, wanted: bool) -> None:
    """Print the version, and whether the core is compiled, and end."""
    if not wanted or context.resilient_parsing:
        return
    from importlib.metadata import PackageNotFoundError, version

    from streams.engine.engine import compiled

    try:
        number = version("deskpulse")
    except PackageNotFoundError:
        number = "of a checkout that is not installed"
    core = "compiled core" if compiled() else "core in plain Python"
    click.echo(f"deskpulse {number} ({core})")
    context.exit()


@click.command(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Example: deskpulse replay --format table week.jsonl.gz",
)
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=show_version,
    help="Show the version, and whether the core is compiled.",
)
def deskpulse() -> None:
    """Rolling helpdesk KPIs from Kafka, exact under replay and crash."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run `deskpulse` with the arguments of the process, or with these."""
    deskpulse.main(args=None if arguments is None else list(arguments), prog_name="deskpulse")


if __name__ == "__main__":
    main()
