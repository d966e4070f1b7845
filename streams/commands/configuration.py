"""The option --config, the same for every command that has it."""

import os
from pathlib import Path

import click

from schemas.settings import Settings
from schemas.settings_check import load_settings
from streams.worker.files import read_text

config_option = click.option(
    "--config",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Configuration (YAML); without it every key has its default.",
)


def read_settings(config: Path | None) -> Settings:
    """Return the settings of a file and the environment. Raises Failure or SettingsError."""
    text = None if config is None else read_text(config, str(config))
    return load_settings(text, os.environ, "defaults" if config is None else str(config))
