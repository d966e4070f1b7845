"""`deskpulse replay`: the KPIs of recorded events, on the engine of the worker, without Kafka."""

import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, Final, Literal, get_args

import click
import orjson
from rich.table import Table

from schemas.decode import decode
from schemas.rejected import Rejected
from schemas.scalars import instant, rfc3339
from streams.commands.configuration import config_option, read_settings
from streams.commands.event_files import event_lines
from streams.engine.engine import Engine, Snapshot
from streams.engine.samples import Family, Sample

Format = Literal["json", "openmetrics", "text", "table"]

BATCH: Final = 20_000
PARTITION: Final = 0


class Replay:
    """Recorded events, gathered: how many there were, and what they show at t."""

    def __init__(self, engine: Engine) -> None:
        self.applied = 0
        self.duplicate = 0
        self.rejected: Counter[str] = Counter()
        self._engine = engine
        self._partition = engine.open(PARTITION)

    def take(self, lines: Iterable[bytes]) -> None:
        """Add events, one JSON CloudEvent a line."""
        source = iter(lines)
        while batch := list(islice(source, BATCH)):
            events: list[Any] = []
            for line in batch:
                event = decode(line)
                if isinstance(event, Rejected):
                    self.rejected[event.reason] += 1
                else:
                    events.append(event)
            outcome = self._partition.gather(events)
            self.applied += outcome.applied
            self.duplicate += outcome.duplicate

    def latest(self) -> int:
        """Return the time of the latest event; 0 if there is none.

        Of two contents of one event only the one that wins has a time.
        """
        return max(self._partition.newest_times(), default=0)

    def at(self, t: int) -> Snapshot:
        """Return what the events show at t, in milliseconds."""
        while not self._partition.derive(t, BATCH):
            self._engine.flush_if_full()
        self._partition.accept(self._partition.outbox(), t)
        self._engine.serve(PARTITION, t)
        return self._engine.snapshot(t)

    def summary(self) -> str:
        """Return one line about the events."""
        rejected = ", ".join(f"{reason} {n}" for reason, n in sorted(self.rejected.items()))
        return (
            f"{self.applied} applied, {self.duplicate} duplicate, "
            f"{self.rejected.total()} rejected{f' ({rejected})' if rejected else ''}"
        )


@click.command(epilog="Example: deskpulse replay --at 2026-06-01T12:00:00Z --format json week.gz")
@config_option
@click.option("--at", "at_text", metavar="T", help="RFC 3339; default: the latest event's time.")
@click.option(
    "--format",
    "format_",
    type=click.Choice(get_args(Format)),
    default="table",
    show_default=True,
    help="json: every sample; openmetrics, text: a Prometheus page; table: for people.",
)
@click.option("--strict", is_flag=True, help="Exit with 1 if any event was rejected.")
@click.argument("files", nargs=-1, required=True, metavar="FILE…")
def replay(
    config: Path | None, at_text: str | None, format_: Format, strict: bool, files: Sequence[str]
) -> None:
    """Show the KPIs of recorded events at one instant, without Kafka.

    FILE holds one CloudEvent a line (JSON); .gz too; - is standard input.

    Exit code 0: done. 1: events were rejected, with --strict.
    2: wrong usage or configuration.
    """
    settings = read_settings(config)
    at = None if at_text is None else _instant(at_text)
    recording = Replay(Engine(settings.policy, live=False))
    for name in files:
        recording.take(event_lines(name))
    t = recording.latest() if at is None else at
    _write(recording, t, in_order(recording.at(t).families()), format_)
    click.echo(recording.summary(), err=True)
    if strict and recording.rejected:
        sys.exit(1)


def _instant(text: str) -> int:
    try:
        return instant(text)
    except ValueError as error:
        message = f"{text!r} is no RFC 3339 time with an offset, such as 2026-06-01T12:00:00Z."
        raise click.BadParameter(message, param_hint="--at") from error


def in_order(families: Iterable[Family]) -> Iterator[Family]:
    """Yield families with their samples by labels, so that the order of events never shows."""
    for family in families:
        yield family._replace(samples=sorted(family.samples, key=_labels_but_le))


def _labels_but_le(sample: Sample) -> list[tuple[str, str]]:
    return sorted(label for label in sample.labels.items() if label[0] != "le")


def _write(recording: Replay, t: int, families: Iterable[Family], format_: Format) -> None:
    if format_ == "json":
        click.echo(orjson.dumps(document(recording, t, families)))
    elif format_ == "table":
        _print_table(families)
    else:
        # Only these two formats need prometheus_client.
        from streams.exposition.families import render

        click.echo(render(families, format_), nl=False)


def document(recording: Replay, t: int, families: Iterable[Family]) -> dict[str, Any]:
    """Return the replay as JSON has it."""
    samples = [
        {"name": sample.name, "labels": sample.labels, "value": sample.value}
        for family in families
        for sample in family.samples
    ]
    events = {
        "applied": recording.applied,
        "duplicate": recording.duplicate,
        "rejected": dict(sorted(recording.rejected.items())),
    }
    return {"at": rfc3339(t), "events": events, "samples": samples}


def _print_table(families: Iterable[Family]) -> None:
    from streams.commands.terminal import console

    table = Table("Metric", "Labels", "Value")
    table.columns[2].justify = "right"
    for family in families:
        for sample in family.samples:
            if not sample.name.endswith("_bucket"):
                labels = " ".join(f"{name}={value}" for name, value in sample.labels.items())
                table.add_row(sample.name, labels, f"{sample.value:,}")
    console().print(table)
