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

    Defaults are filled in and secrets hidden. A web configuration that FILE names is checked too,
    with its certificates. Exit code 2 if there is an error; all are told.
    """
    settings = read_settings(file)
    if settings.metrics.web_config_file is not None:
        from streams.worker.web_access import AccessFile

        AccessFile(Path(settings.metrics.web_config_file)).load()
    click.echo(written(settings), nl=False)
