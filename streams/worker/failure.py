"""Reasons for a worker to end: what happened and what to do, in a sentence or two."""

from typing import Final

from schemas.errors import DeskpulseError

# What a supervisor may restart, and what a restart does not cure.
RESTART: Final = 1
REPAIR: Final = 2


class Failure(DeskpulseError):
    """Work has to end. `exit_code` 1: a restart may help; 2: something must be set right first."""

    def __init__(self, message: str, exit_code: int = REPAIR) -> None:
        super().__init__(message, exit_code=exit_code)
