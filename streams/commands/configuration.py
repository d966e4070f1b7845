"""The option --config, the same for every command that has it."""

import os
from pathlib import Path

import click

from schemas.errors import DeskpulseError
from schemas.settings import Settings
from schemas.settings_check import load_settings

config_option = click.option(
    "--config",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Configuration (YAML); without it every key has its default.",
)


def read_settings(config: Path | None) -> Settings:
    """Return the settings of a file and the environment. Raises DeskpulseError."""
    try:
        text = None if config is None else config.read_text("utf-8")
    except OSError as error:
        raise DeskpulseError(f"{config} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise DeskpulseError(f"{config} is no text in UTF-8 (byte {error.start})") from error
    return load_settings(text, os.environ, "defaults" if config is None else str(config))
