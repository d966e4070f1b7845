"""`deskpulse rules`: Prometheus' rules from the catalogue and the settings. (Contract 6.)"""

from pathlib import Path

import click

from streams.commands.configuration import config_option, read_settings
from streams.commands.output import deliver, output_option


@click.command(epilog="Example: deskpulse rules --config deskpulse.yaml --output rules")
@config_option
@click.option(
    "--format",
    "form",
    type=click.Choice(["prometheus", "kubernetes"]),
    default="prometheus",
    show_default=True,
    help="Rule files of Prometheus, or one PrometheusRule for its operator.",
)
@output_option("Directory to write the rule files into; - prints all rules as one file.")
def command(config: Path | None, form: str, output: Path) -> None:
    """Write Prometheus' recording rules and alerts for these settings.

    The block `alerts` of the settings holds the thresholds.
    """
    from streams.artifacts.rules import MANIFEST, every_group, manifest, rule_files, written

    settings = read_settings(config)
    if form == "kubernetes":
        whole = manifest(settings)
        deliver(output, {MANIFEST: whole}, whole)
    else:
        deliver(output, rule_files(settings), written(every_group(settings)))
