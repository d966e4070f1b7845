"""`deskpulse rules`: Prometheus' rules from the catalogue and the settings. (Contract 6.)"""

from pathlib import Path

import click

from streams.commands.configuration import config_option, read_settings


@click.command(epilog="Example: deskpulse rules --config deskpulse.yaml --output rules")
@config_option
@click.option(
    "--output",
    metavar="DIR|-",
    type=click.Path(file_okay=False, path_type=Path, allow_dash=True),
    default="-",
    show_default=True,
    help="Directory to write the rule files into; - prints all rules as one file.",
)
def command(config: Path | None, output: Path) -> None:
    """Write Prometheus' recording rules and alerts for these settings.

    The block `alerts` of the settings holds the thresholds.
    """
    from streams.artifacts.rules import rule_files, rule_groups, written

    settings = read_settings(config)
    if str(output) == "-":
        groups = [group for file in rule_groups(settings).values() for group in file]
        click.echo(written(groups), nl=False)
        return
    output.mkdir(parents=True, exist_ok=True)
    for name, text in rule_files(settings).items():
        (output / name).write_text(text, "utf-8")
