"""`deskpulse send`: recorded events to Kafka, validated and keyed rightly. (Contract 6.)"""

import asyncio
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import chain
from pathlib import Path
from time import perf_counter, time_ns
from typing import TYPE_CHECKING

import click

from schemas.scalars import Milliseconds
from schemas.settings import Settings
from streams.commands.configuration import config_option, read_settings
from streams.commands.event_files import event_lines

if TYPE_CHECKING:
    from streams.worker.producer import Sent


@click.command(epilog="Example: deskpulse send --config deskpulse.yaml events.jsonl.gz")
@config_option
@click.option(
    "--when-due",
    is_flag=True,
    help="Hold each event back until its time has come; FILE is in order of time.",
)
@click.argument("files", nargs=-1, required=True, metavar="FILE…")
def send(config: Path | None, when_due: bool, files: Sequence[str]) -> None:
    """Validate recorded events and send them to Kafka, keyed by their entities.

    FILE holds one CloudEvent a line (JSON); .gz too; - is standard input. Events that are
    refused are not sent.

    Exit code 0: all were sent. 1: some were refused, or Kafka did not take them.
    2: wrong usage or configuration.
    """
    settings = read_settings(config)
    start = perf_counter()
    sent = _send(settings, files, now if when_due else None)
    topics = f" ({_listed(sent.topics)})" if sent.topics else ""
    reasons = f" ({_listed(sent.rejected)})" if sent.rejected else ""
    click.echo(
        f"{sent.total} sent{topics}, {sent.rejected.total()} rejected{reasons} "
        f"in {perf_counter() - start:.1f} s",
        err=True,
    )
    if sent.rejected:
        sys.exit(1)


def now() -> Milliseconds:
    """Return the wall clock."""
    return Milliseconds(time_ns() // 1_000_000)


def _send(
    settings: Settings, files: Sequence[str], clock: Callable[[], Milliseconds] | None
) -> "Sent":
    """Send the events of files, at once or by a clock. Raises Failure."""
    from aiokafka.errors import KafkaError

    from streams.worker import connection
    from streams.worker.producer import Producer, send_all

    async def work() -> "Sent":
        client = connection.client_options(settings.kafka)
        async with Producer(client, settings.kafka.topic_prefix, clock) as producer:
            return await send_all(chain.from_iterable(map(event_lines, files)), producer)

    try:
        return asyncio.run(work())
    except (KafkaError, TimeoutError) as error:
        raise asyncio.run(connection.explained(error, settings.kafka)) from error


def _listed(counts: Counter[str]) -> str:
    return ", ".join(f"{name} {count}" for name, count in sorted(counts.items()))
