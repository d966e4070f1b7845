"""`deskpulse schema`: the schemas of events and settings, made from the types. (Contract 6.)"""

from pathlib import Path
from typing import Final

import click

from schemas.documents import documents, text

FILES: Final = {
    "json-schema": "events.schema.json",
    "asyncapi": "asyncapi.json",
    "settings": "settings.schema.json",
}


@click.command("schema", epilog="Example: deskpulse schema --type helpdesk.ticket.created")
@click.option(
    "--format",
    "form",
    type=click.Choice(list(FILES)),
    default="json-schema",
    show_default=True,
    help="JSON Schema of the events, AsyncAPI of the topics, JSON Schema of the settings.",
)
@click.option("--type", "event", metavar="TYPE", help="JSON Schema of one type of event only.")
@click.option(
    "--directory",
    type=click.Path(file_okay=False, path_type=Path),
    help="Write all of them into this directory instead.",
)
def command(form: str, event: str | None, directory: Path | None) -> None:
    """Print a schema of the events or the settings."""
    every = documents()
    if directory is not None:
        directory.mkdir(parents=True, exist_ok=True)
        for name, document in every.items():
            (directory / name).write_text(text(document), "utf-8")
        return
    name = FILES[form] if event is None else f"{event}.schema.json"
    if name not in every:
        raise click.BadParameter(f'"{event}" is no type of event.', param_hint="--type")
    click.echo(text(every[name]), nl=False)
