"""`deskpulse dead-letters`: what was refused, to look at or to mend and send again."""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, Collection
from contextlib import aclosing
from pathlib import Path
from typing import TYPE_CHECKING, get_args

import click

from schemas.rejected import Reason
from schemas.settings import Settings
from streams.commands.configuration import config_option, read_settings

if TYPE_CHECKING:
    from streams.worker.dead_letters import Letter


@click.command(
    epilog="Example: deskpulse dead-letters --events --reason invalid_data > refused.jsonl"
)
@config_option
@click.option(
    "--reason",
    "reasons",
    multiple=True,
    type=click.Choice(get_args(Reason)),
    help="Only letters with this reason; may be given several times.",
)
@click.option("--events", is_flag=True, help="Write the events as they came, one a line.")
def command(config: Path | None, reasons: Collection[str], events: bool) -> None:
    """Show the events that were refused: reason, place, what was expected.

    With --events they are written as they came, in the form that `deskpulse send` reads: mend
    them and send them again. What was counted already changes nothing.
    """
    counts = asyncio.run(_show(read_settings(config), reasons, events=events))
    listed = ", ".join(f"{reason} {count}" for reason, count in sorted(counts.items()))
    click.echo(f"{counts.total()} dead letters{f' ({listed})' if listed else ''}", err=True)


async def _show(settings: Settings, reasons: Collection[str], *, events: bool) -> Counter[str]:
    counts: Counter[str] = Counter()
    async with aclosing(_letters(settings)) as letters:
        async for letter in letters:
            if reasons and letter.reason not in reasons:
                continue
            counts[letter.reason] += 1
            shown = f"{letter.reason}  {letter.place}  {letter.message}"
            click.echo(letter.event if events else shown)
    return counts


async def _letters(settings: Settings) -> "AsyncGenerator[Letter, None]":
    """Yield all dead letters, partition by partition. Raises Failure."""
    from aiokafka import TopicPartition
    from aiokafka.errors import KafkaError

    from streams.worker import connection, topics
    from streams.worker.dead_letters import Letter
    from streams.worker.failure import Failure
    from streams.worker.reading import read_to_end

    name = topics.topics(settings).dead_letters.name
    found = await connection.administrate(
        settings.kafka, lambda admin: topics.describe(admin, [name])
    )
    if name not in found:
        raise Failure(f'{name} is missing. Create it with "deskpulse topics create".')
    sources = [TopicPartition(name, number) for number in range(found[name].partitions)]
    client = connection.client_options(settings.kafka)
    try:
        async with aclosing(read_to_end(client, sources)) as pieces:
            async for records in pieces:
                for record in records:
                    yield Letter.of(record)
    except (KafkaError, TimeoutError) as error:
        raise connection.failure(error, settings.kafka) from error
