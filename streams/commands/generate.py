"""`deskpulse generate`: a simulated helpdesk's events as JSON lines. (Contract 6.)"""

import gzip
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter
from typing import IO

import click

from schemas.scalars import instant, rfc3339
from streams.demo.helpdesk import Plan, simulate


class Instant(click.ParamType):
    """An instant: a date (00:00 UTC) or RFC 3339 with an offset; milliseconds since the epoch."""

    name = "instant"

    def convert(
        self, value: object, param: click.Parameter | None, context: click.Context | None
    ) -> int:
        """Return milliseconds; fail with what is expected."""
        if isinstance(value, int):
            return value
        text = str(value)
        try:
            return instant(text if "T" in text.upper() else f"{text}T00:00:00Z")
        except ValueError:
            self.fail(f"{text!r} is no instant. Write 2026-01-05 or 2026-01-05T08:00:00Z.")


@click.command(
    epilog="Example: deskpulse generate --tickets 500 --days 7 --output week.jsonl",
)
@click.option("--tickets", type=click.IntRange(min=1), default=1000, show_default=True)
@click.option("--days", type=click.IntRange(min=1), default=7, show_default=True)
@click.option("--seed", type=int, default=1, show_default=True, help="Same seed, same events.")
@click.option(
    "--start",
    type=Instant(),
    default="2026-01-05",
    show_default=True,
    help="When the first day begins: a date or RFC 3339.",
)
@click.option(
    "--output",
    type=click.Path(dir_okay=False, allow_dash=True, path_type=Path),
    default="-",
    help="File to write, compressed if it ends in .gz; - is stdout, the default.",
)
def generate(tickets: int, days: int, seed: int, start: int, output: Path) -> None:
    """Write a realistic stream of helpdesk events as JSON lines, in order of time."""
    plan = Plan(tickets=tickets, days=days, seed=seed, start=start, opening=start)
    began = perf_counter()
    events = 0
    try:
        with opened(output) as target:
            for event in simulate(plan):
                target.write(event.value + b"\n")
                events += 1
            target.flush()
    except BrokenPipeError:
        # The reader has what it wanted. Nothing may be flushed into the closed pipe at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return
    except OSError as error:
        raise click.FileError(str(output), hint=error.strerror) from error
    click.echo(
        f"{grouped(events)} events of {grouped(tickets)} tickets in {days} days from "
        f"{rfc3339(start)}, seed {seed}, in {perf_counter() - began:.1f} s",
        err=True,
    )


def grouped(number: int) -> str:
    """Return a number with its thousands set apart: 184 203."""
    return f"{number:,}".replace(",", " ")


@contextmanager
def opened(output: Path) -> Iterator[IO[bytes] | gzip.GzipFile]:
    """Open the output for writing; stdout stays open afterwards."""
    if str(output) == "-":
        yield sys.stdout.buffer
    elif output.suffix == ".gz":
        # Neither name nor time in the head: the same seed gives the same bytes.
        with output.open("wb") as raw, gzip.GzipFile("", "wb", 6, raw, 0) as packed:
            yield packed
    else:
        with output.open("wb") as plain:
            yield plain
