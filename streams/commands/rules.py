"""`deskpulse rules`: Prometheus' rules from the catalogue and the settings. (Contract 6.)"""

from pathlib import Path

import click

from streams.commands.configuration import config_option, read_settings
from streams.commands.output import deliver, output_option


@click.command(epilog="Example: deskpulse rules --config deskpulse.yaml --output rules")
@config_option
@output_option("Directory to write the rule files into; - prints all rules as one file.")
def command(config: Path | None, output: Path) -> None:
    """Write Prometheus' recording rules and alerts for these settings.

    The block `alerts` of the settings holds the thresholds.
    """
    from streams.artifacts.rules import rule_files, rule_groups, written

    settings = read_settings(config)
    groups = [group for file in rule_groups(settings).values() for group in file]
    deliver(output, rule_files(settings), written(groups))
