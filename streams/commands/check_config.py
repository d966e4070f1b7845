"""`deskpulse check-config`: validates settings and prints those in effect. (Contract 6.)"""

from pathlib import Path

import click

from schemas.settings import written
from streams.commands.configuration import read_settings


@click.command("check-config", epilog="Example: deskpulse check-config deskpulse.yaml")
@click.argument(
    "file",
    metavar="FILE",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
)
def command(file: Path) -> None:
    """Check FILE together with the DESKPULSE_… variables and print the settings in effect.

    Defaults are filled in and secrets hidden. Exit code 2 if there is an error; all are told.
    """
    click.echo(written(read_settings(file)), nl=False)
