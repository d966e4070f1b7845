"""Why an event was refused, for people and for programs."""

from typing import Literal

from msgspec import Struct

Reason = Literal[
    "invalid_json",
    "invalid_envelope",
    "unknown_type",
    "invalid_data",
    "out_of_scale",
    "too_far_ahead",
    "too_old",
    "wrong_key",
]


class Rejected(Struct, frozen=True):
    """A refused event.

    `member` is the path of the member (`data.author`; "" for the whole value), `value` what it
    holds, told without personal data (None: it is missing), `expected` what would be right.
    """

    reason: Reason
    member: str
    value: str | None
    expected: str

    @property
    def message(self) -> str:
        """One sentence, free of personal data: it goes to the dead letters and the log."""
        found = "is missing" if self.value is None else f"is {self.value}"
        return f"{self.member or 'the value'} {found}; expected {self.expected}"
