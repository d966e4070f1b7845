"""Which series there are, and where their sums lie: label codes -> slots."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from streams.engine.rings import Integers
from streams.facts.facts import COLUMNS
from streams.facts.vocabulary import packed, unpacked
from streams.kpis.kpi import SCALE, Kpi, bounds


class Columns:
    """The facts of one type as columns, by name."""

    def __init__(self, fact: int, rows: Integers) -> None:
        for i, name in enumerate(COLUMNS[fact]):
            setattr(self, name, rows[:, i + 1])

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(f"this fact has no column {name}")


class Series(NamedTuple):
    """One label set of a block, and its first slot."""

    block: "Block"
    codes: tuple[int, ...]
    first: int


class Block:
    """All KPIs of one fact type with the same labels: one look-up of slots serves them all.

    A count takes one slot, a histogram its sum and then its buckets with +Inf.
    """

    def __init__(
        self,
        fact: int,
        labels: tuple[str, ...],
        kpis: Sequence[Kpi],
        scale: Callable[[int], str],
    ) -> None:
        self.fact = fact
        self.labels = labels
        self.kpis = kpis
        self._scale = scale
        self._has_scale = any(kpi.buckets == SCALE for kpi in kpis)
        self.offsets: list[int] = []
        self.bounds: list[Integers | None] = []
        width = 0
        for kpi in kpis:
            self.offsets.append(width)
            width += self.width_of(kpi, "other")
            fixed = isinstance(kpi.buckets, tuple)
            self.bounds.append(np.array(kpi.buckets, np.int64) if fixed else None)
        self._first: dict[int, int] = {}
        if self._has_scale and len(kpis) > 1:
            raise ValueError(f"{kpis[0].family}: a KPI by scale stands alone in its block")

    @staticmethod
    def width_of(kpi: Kpi, scale: str) -> int:
        """Return how many slots a KPI takes."""
        return 1 if kpi.buckets is None else len(bounds(kpi, scale)) + 2

    def scale_of(self, codes: tuple[int, ...]) -> str:
        """Return the scale of a label set; `other` where the block has none."""
        return self._scale(codes[self.labels.index("scale")]) if self._has_scale else "other"

    def width(self, codes: tuple[int, ...]) -> int:
        """Return how many slots a label set takes."""
        scale = self.scale_of(codes)
        return sum(self.width_of(kpi, scale) for kpi in self.kpis)

    def first_slots(self, columns: Any, directory: "Directory") -> Integers:
        """Return the first slot of each row's label set, new ones included."""
        nothing = np.zeros(len(columns.time), np.int64)
        keys = packed((nothing, *(getattr(columns, name) for name in self.labels)))
        unique, inverse = np.unique(keys, return_inverse=True)
        firsts = [self.first_slot(key, directory) for key in unique.tolist()]
        return np.array(firsts, np.int64)[inverse]

    def first_slot(self, key: int, directory: "Directory") -> int:
        """Return the first slot of a label set, given its codes in one integer."""
        first = self._first.get(key)
        if first is None:
            first = self._first[key] = directory.append(self, unpacked(key, len(self.labels)))
        return first


class Directory:
    """All series of one set of windows, in order of their slots."""

    def __init__(
        self,
        kpis: Sequence[Kpi],
        scale: Callable[[int], str],
    ) -> None:
        groups: dict[tuple[int, tuple[str, ...]], list[Kpi]] = {}
        for kpi in kpis:
            labels = groups.setdefault((kpi.fact, kpi.labels), [])
            labels.append(kpi)
        self.blocks: dict[int, list[Block]] = {}
        for (fact, names), members in groups.items():
            block = Block(fact, names, members, scale)
            self.blocks.setdefault(fact, []).append(block)
        self.series: list[Series] = []
        self.width = 0

    def append(self, block: Block, codes: tuple[int, ...]) -> int:
        """Add a series at the end and return its first slot."""
        first = self.width
        self.series.append(Series(block, codes, first))
        self.width += block.width(codes)
        return first

    def slots_of(self, other: "Directory") -> Integers:
        """Return, for each slot of another directory of the same KPIs, the slot here."""
        slots = np.zeros(other.width, np.int64)
        for block, codes, first in other.series:
            here = self._twin(block).first_slot(packed(codes), self)
            width = block.width(codes)
            slots[first : first + width] = np.arange(here, here + width)
        return slots

    def _twin(self, block: Block) -> Block:
        return next(b for b in self.blocks[block.fact] if b.labels == block.labels)
