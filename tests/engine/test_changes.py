from collections import Counter
from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from streams.engine.changes import FACTS, Changes
from streams.facts.facts import COLUMNS, ESCALATION, HANDOFF, TRANSFER, Row

rows = st.lists(
    st.one_of(
        st.tuples(st.just(ESCALATION), st.integers(0, 2), st.integers(0, 1)),
        st.tuples(st.just(HANDOFF), st.integers(0, 2), st.integers(0, 1)),
        st.tuples(st.just(TRANSFER), st.integers(0, 1), st.integers(0, 1), st.integers(0, 1)),
    ),
    max_size=8,
)


def counted(flat: Sequence[Sequence[int]]) -> Counter[Row]:
    """Return the rows of flat lists, by type."""
    found = Counter[Row]()
    for fact in range(FACTS):
        width = len(COLUMNS[fact]) + 1
        assert len(flat[fact]) % width == 0
        for at in range(0, len(flat[fact]), width):
            row = tuple(flat[fact][at : at + width])
            assert row[0] == fact
            found[row] += 1
    return found


def net(changes: Changes) -> dict[Row, int]:
    """Return what is to be added, as multisets; negative: taken away."""
    difference = counted(changes.plus)
    difference.subtract(counted(changes.minus))
    return {row: count for row, count in difference.items() if count}


def difference(old: Sequence[Row], new: Sequence[Row]) -> dict[Row, int]:
    found = Counter(new)
    found.subtract(Counter(old))
    return {row: count for row, count in found.items() if count}


@given(rows, rows)
def test_replace_is_the_difference_of_multisets(old: list[Row], new: list[Row]) -> None:
    changes = Changes()
    changes.replace(old, new)
    assert net(changes) == difference(old, new)


@given(rows, rows)
def test_nothing_is_both_added_and_taken_away(old: list[Row], new: list[Row]) -> None:
    changes = Changes()
    changes.replace(old, new)
    assert not counted(changes.plus) & counted(changes.minus)
    assert changes.rows == sum(map(abs, difference(old, new).values()))


@given(rows, rows)
def test_there_and_back_is_nothing(old: list[Row], new: list[Row]) -> None:
    changes = Changes()
    changes.replace(old, new)
    changes.replace(new, old)
    assert not net(changes)


@given(rows, rows, rows)
def test_two_steps_are_one(first: list[Row], second: list[Row], third: list[Row]) -> None:
    stepwise, at_once = Changes(), Changes()
    stepwise.replace(first, second)
    stepwise.replace(second, third)
    at_once.replace(first, third)
    assert net(stepwise) == net(at_once)


@given(rows, st.data())
def test_order_is_no_difference(old: list[Row], data: st.DataObject) -> None:
    changes = Changes()
    changes.replace(old, data.draw(st.permutations(old)))
    assert changes.rows == 0
    assert not any(changes.plus)
    assert not any(changes.minus)


@given(rows, rows)
def test_the_arguments_stay_as_they_are(old: list[Row], new: list[Row]) -> None:
    olds, news = list(old), list(new)
    Changes().replace(old, new)
    assert (old, new) == (olds, news)


@given(rows, rows)
def test_clear_forgets_everything(old: list[Row], new: list[Row]) -> None:
    changes = Changes()
    changes.replace(old, new)
    changes.clear()
    assert changes.rows == 0
    assert not net(changes)
