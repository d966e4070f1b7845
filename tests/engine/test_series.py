from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from streams.engine.series import Columns, Directory
from streams.facts.facts import COLUMNS, CSAT, HANDOFF_REPLY
from streams.facts.vocabulary import CODES_MAX
from streams.kpis.kpi import SCALE, Kpi
from tests.engine.kpis import kpi

KPIS = (
    kpi("count", HANDOFF_REPLY, ("queue", "priority")),
    kpi("time", HANDOFF_REPLY, ("queue", "priority"), lambda fact: fact.elapsed, (0, 5)),
    kpi("by_queue", HANDOFF_REPLY, ("queue",)),
    kpi("score", CSAT, ("scale", "channel", "queue"), lambda fact: fact.score),
)
codes = st.one_of(st.integers(0, 3), st.integers(CODES_MAX - 2, CODES_MAX - 1))
rows = st.lists(
    st.tuples(st.just(HANDOFF_REPLY), st.integers(0, 9), codes, codes, st.integers(0, 9)),
    min_size=1,
    max_size=20,
)


def columns(fact: int, facts: list[tuple[int, ...]]) -> Columns:
    return Columns(fact, np.array(facts, np.int64))


def directory(texts: tuple[str, ...] = ()) -> Directory:
    return Directory(KPIS, texts.__getitem__)


@given(rows)
def test_rows_of_the_same_labels_share_their_slots(facts: list[tuple[int, ...]]) -> None:
    series = directory()
    for block in series.blocks[HANDOFF_REPLY]:
        slots = block.first_slots(columns(HANDOFF_REPLY, facts), series).tolist()
        labels = [
            tuple(
                dict(zip(COLUMNS[HANDOFF_REPLY], fact[1:], strict=True))[name]
                for name in block.labels
            )
            for fact in facts
        ]
        for one, its_labels in zip(slots, labels, strict=True):
            for other, other_labels in zip(slots, labels, strict=True):
                assert (one == other) == (its_labels == other_labels)
        found = {entry.first: entry.codes for entry in series.series}
        assert [found[slot] for slot in slots] == labels


@given(rows)
def test_series_lie_side_by_side(facts: list[tuple[int, ...]]) -> None:
    series = directory()
    for block in series.blocks[HANDOFF_REPLY]:
        block.first_slots(columns(HANDOFF_REPLY, facts), series)
    ends = [(entry.first, entry.first + entry.block.width(entry.codes)) for entry in series.series]
    assert all(end == begin for (_, end), (begin, _) in pairwise(ends))
    assert (ends[0][0], ends[-1][1]) == (0, series.width)


@given(rows, rows)
def test_slots_of_another_directory_lead_to_the_same_labels(
    mine: list[tuple[int, ...]], theirs: list[tuple[int, ...]]
) -> None:
    here, there = directory(), directory()
    for series, facts in ((here, mine), (there, theirs)):
        for block in series.blocks[HANDOFF_REPLY]:
            block.first_slots(columns(HANDOFF_REPLY, facts), series)
    slots = here.slots_of(there).tolist()
    by_first = {entry.first: entry for entry in here.series}
    assert len(set(slots)) == there.width
    for block, labels, first in there.series:
        entry = by_first[slots[first]]
        assert (entry.codes, entry.block.labels) == (labels, block.labels)
        width = block.width(labels)
        assert slots[first : first + width] == list(range(entry.first, entry.first + width))


def test_a_scale_says_how_many_buckets_there_are() -> None:
    scores = kpi("score", CSAT, ("scale", "queue"), lambda fact: fact.score, (0,))
    by_scale = Directory([replaced(scores)], ("none", "other", "1-5", "-2-2", "0-10").__getitem__)
    (block,) = by_scale.blocks[CSAT]
    assert [block.width((scale, 0)) for scale in (2, 3, 4, 1)] == [7, 7, 13, 2]


def test_a_kpi_by_scale_stands_alone() -> None:
    """Its neighbours in a block would have to know how wide it is."""
    scores = replaced(kpi("score", CSAT, ("scale",), lambda fact: fact.score, (0,)))
    with pytest.raises(ValueError, match="score: a KPI by scale stands alone"):
        Directory([scores, kpi("answers", CSAT, ("scale",))], ("1-5",).__getitem__)


def replaced(scores: Kpi) -> Kpi:
    return replace(scores, buckets=SCALE)


def test_a_column_that_a_fact_does_not_have_is_named() -> None:
    with pytest.raises(AttributeError, match="no column score"):
        _ = columns(HANDOFF_REPLY, [(HANDOFF_REPLY, 0, 0, 0, 0)]).score
