"""`deskpulse dashboards`: Grafana's dashboards from catalogue and settings. (Contract 6.)"""

from pathlib import Path

import click

from streams.commands.configuration import config_option, read_settings
from streams.commands.output import deliver, output_option


@click.command(epilog="Example: deskpulse dashboards --config deskpulse.yaml --output dashboards")
@config_option
@output_option("Directory to write the dashboards into, a file each; - prints all as one list.")
def command(config: Path | None, output: Path) -> None:
    """Write Grafana's dashboards for these settings.

    Colours and dashed lines come from `targets`, `benchmarks`, `sla` and `alerts` of the settings,
    links from `alerts.runbooks`. Targets and benchmarks are drawn of unresolved_tickets,
    first_response_p90 in seconds, csat_mean, and fcr_rate as a share such as 0.7. Targets colour
    reply_p90, call_wait_p90, acr_rate, reopen_rate and conversion_rate, too.
    """
    from streams.artifacts.dashboards.files import dashboard_files, dashboards, written

    settings = read_settings(config)
    deliver(output, dashboard_files(settings), written(dashboards(settings)))
