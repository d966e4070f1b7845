"""`deskpulse worker`: the stream processor. (Contract 6.)"""

import os
from pathlib import Path

import click

from streams.commands.configuration import config_option, read_settings


@click.command(epilog="Example: deskpulse worker --config deskpulse.yaml")
@config_option
def worker(config: Path | None) -> None:
    """Compute the KPIs from Kafka and show them on /metrics, until SIGTERM.

    Exit code 0: stopped as asked. 1: a restart may help, let a supervisor restart it.
    2: something has to be set right first; the last line says what.
    """
    settings = read_settings(config)
    # Faust and Kafka's client take half a second to load; no other command shall wait for them.
    from streams.worker.app import run
    from streams.worker.log import set_up_logging

    set_up_logging()
    run(settings, instance=os.environ.get("DESKPULSE_INSTANCE") or None)
