"""`deskpulse dashboards`: Grafana's dashboards from catalogue and settings. (Contract 6.)"""

from pathlib import Path

import click

from streams.commands.configuration import config_option, read_settings


@click.command(epilog="Example: deskpulse dashboards --config deskpulse.yaml --output dashboards")
@config_option
@click.option(
    "--output",
    metavar="DIR|-",
    type=click.Path(file_okay=False, path_type=Path, allow_dash=True),
    default="-",
    show_default=True,
    help="Directory to write the dashboards into, a file each; - prints all as one list.",
)
def command(config: Path | None, output: Path) -> None:
    """Write Grafana's dashboards for these settings.

    Colours and dashed lines come from `targets`, `benchmarks`, `sla` and `alerts` of the settings,
    links from `alerts.runbooks`.
    """
    from streams.artifacts.dashboards.files import dashboard_files, dashboards, written

    settings = read_settings(config)
    if str(output) == "-":
        click.echo(written(dashboards(settings)), nl=False)
        return
    output.mkdir(parents=True, exist_ok=True)
    for name, text in dashboard_files(settings).items():
        (output / name).write_text(text, "utf-8")
