"""Old facts, new facts -> signed differences."""

from typing import Final

from streams.facts.facts import COLUMNS, Row

FACTS: Final = len(COLUMNS)


class Changes:
    """Facts to add and to take away since the last flush: by type, flat lists of rows."""

    def __init__(self) -> None:
        self.plus: list[list[int]] = [[] for _ in range(FACTS)]
        self.minus: list[list[int]] = [[] for _ in range(FACTS)]
        self.rows: int = 0

    def replace(self, old: list[Row], new: list[Row]) -> None:
        """Take what is only in `old` away and add what is only in `new`, as multisets.

        Both are in the same order, so what they begin with alike has not changed.
        """
        same = 0
        old_count, new_count = len(old), len(new)
        while same < old_count and same < new_count and old[same] == new[same]:
            same += 1
        gone = old[same:]
        for i in range(same, new_count):
            fact = new[i]
            if gone and fact in gone:
                gone.remove(fact)
            else:
                self.plus[fact[0]].extend(fact)
                self.rows += 1
        for fact in gone:
            self.minus[fact[0]].extend(fact)
            self.rows += 1

    def clear(self) -> None:
        """Forget everything."""
        for rows in self.plus:
            rows.clear()
        for rows in self.minus:
            rows.clear()
        self.rows = 0
