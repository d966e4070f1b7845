"""Labels as small integers, and back."""

from collections.abc import Iterable, Sequence
from typing import Any, Final

from schemas.scalars import LABEL_BYTES_MAX

NONE: Final = 0
OTHER: Final = 1
# Four codes are packed into one 64-bit key.
CODE_BITS: Final = 15
CODES_MAX: Final = 1 << CODE_BITS


class Vocabulary:
    """The values of one label.

    Listed values are closed: anything else is `other`. Without a list every value is taken that
    is not longer than a label may be, up to `limit` values, where later ones become `other`. A
    value keeps its code for good, so a fact that is derived again can be taken back.
    """

    def __init__(self, listed: Sequence[str] = (), limit: int | None = None) -> None:
        self.texts: list[str] = ["none", "other"]
        self._codes: dict[str, int] = {"none": NONE, "other": OTHER}
        self.overflows = 0
        for value in listed:
            self._add(value)
        self._room = (
            0 if listed else (CODES_MAX - 2 if limit is None else min(limit, CODES_MAX - 2))
        )
        self._closed = bool(listed)

    def code(self, value: str | None) -> int:
        """Return the code of a value; None is `none`."""
        if value is None:
            return NONE
        known = self._codes.get(value)
        if known is not None:
            return known
        if self._room == 0 or len(value.encode()) > LABEL_BYTES_MAX:
            if not self._closed:
                self.overflows += 1
            return OTHER
        self._room -= 1
        return self._add(value)

    def _add(self, value: str) -> int:
        code = self._codes.get(value)
        if code is None:
            code = self._codes[value] = len(self.texts)
            self.texts.append(value)
        return code


def packed(codes: Iterable[Any]) -> Any:
    """Return codes, integers or whole columns of them, as one key."""
    key: Any = 0
    for code in codes:
        key = (key << CODE_BITS) | code
    return key


def unpacked(key: int, count: int) -> tuple[int, ...]:
    """Return the codes of a key."""
    return tuple((key >> CODE_BITS * place) & (CODES_MAX - 1) for place in reversed(range(count)))
