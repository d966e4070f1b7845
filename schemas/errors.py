"""Errors that a person can cure: commands show them as a message, never as a traceback."""


class DeskpulseError(Exception):
    """Something that the user has to set right.

    `message` says what is wrong, `hint` what to do (may be empty). Commands end with `exit_code`:
    2 for wrong usage or configuration.
    """

    def __init__(self, message: str, hint: str = "", exit_code: int = 2) -> None:
        super().__init__(f"{message}\n{hint}" if hint else message)
        self.message = message
        self.hint = hint
        self.exit_code = exit_code
