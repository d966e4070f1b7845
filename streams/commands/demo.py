"""`deskpulse demo`: a broker, workers, a simulated helpdesk and a live page. (Contract 6.)"""

import sys

import click

from schemas.duration import milliseconds


class Duration(click.ParamType):
    """A duration as in the settings; milliseconds."""

    name = "duration"

    def convert(
        self, value: object, param: click.Parameter | None, context: click.Context | None
    ) -> int:
        """Return milliseconds; fail with what is expected."""
        if isinstance(value, int):
            return value
        try:
            return milliseconds(str(value))
        except ValueError:
            self.fail(f"{value!r} is no duration. Write 90s, 15m or 2h.")


@click.command(epilog="Example: deskpulse demo --duration 5m")
@click.option("--browser/--no-browser", default=True, help="Open the page in a browser.")
@click.option("--duration", type=Duration(), help="End by itself, such as 90s or 15m.")
@click.option("--port", type=click.IntRange(1, 65535), help="Port of the page; default 8080.")
def demo(browser: bool, duration: int | None, port: int | None) -> None:
    """Show rolling KPIs live: real Kafka, two workers, a helpdesk that lives fast.

    Nothing else is needed. The first time, Kafka is downloaded (about 45 MB). Ending it leaves
    no process and no file behind but that download.

    Exit code 0: the numbers were equal to the batch evaluation. 1: they were not, or it failed.
    """
    click.echo("Deskpulse demo   a simulated helpdesk, one hour passes in a minute")
    # The clients of Kafka take a second to load; the first line shall not wait for them.
    from streams.demo.run import Options, run

    sys.exit(run(Options(duration=duration, port=port, browser=browser)))
