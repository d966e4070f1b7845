"""`deskpulse topics`: create and check the topics that workers need. (Contract 6.)"""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from schemas.settings import Settings
from streams.commands.configuration import config_option, read_settings

if TYPE_CHECKING:
    from aiokafka.admin import AIOKafkaAdminClient

Result = TypeVar("Result")


@click.group()
def topics() -> None:
    """Create or check the topics that workers need."""


@topics.command(epilog="Example: deskpulse topics create --config deskpulse.yaml")
@config_option
def create(config: Path | None) -> None:
    """Create the topics that do not exist, with the configured number of partitions."""
    from streams.worker import topics as wanted

    settings = read_settings(config)
    created = _administrate(settings, lambda admin: wanted.create(admin, wanted.topics(settings)))
    for topic in wanted.topics(settings):
        state = "created" if topic.name in created else "exists"
        click.echo(f"{topic.name}  {topic.partitions} partitions  {state}")
    _check(settings)


@topics.command(epilog="Example: deskpulse topics check --config deskpulse.yaml")
@config_option
def check(config: Path | None) -> None:
    """Check that all topics exist with the right partitions and policies.

    Notes say what works but would not survive a loss.
    """
    settings = read_settings(config)
    _check(settings)
    click.echo("All topics are as they should be.")


def _check(settings: Settings) -> None:
    """Raise Failure with everything that is wrong with the topics."""
    from streams.worker import topics as wanted
    from streams.worker.failure import Failure

    all_topics = wanted.topics(settings)
    names = [topic.name for topic in all_topics]
    found = _administrate(settings, lambda admin: wanted.describe(admin, names))
    problems = [
        f'{name} is missing. Create it with "deskpulse topics create".'
        for name in wanted.missing(all_topics, found)
    ]
    problems.extend(wanted.faults(all_topics, found))
    for note in wanted.notes(all_topics, found):
        click.echo(f"Note: {note}")
    if problems:
        raise Failure("\n".join(problems), exit_code=1)


def _administrate(
    settings: Settings, work: "Callable[[AIOKafkaAdminClient], Awaitable[Result]]"
) -> Result:
    """Do `work` with a client for administration. Raises Failure with what went wrong."""
    from streams.worker import connection

    return asyncio.run(connection.administrate(settings.kafka, work))
