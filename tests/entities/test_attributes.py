"""Attributes over time, against a walk over all steps."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from streams.entities.attributes import Line, add_step, in_force, label_at, label_now

Steps = list[tuple[int, str | None]]
steps = st.lists(st.tuples(st.integers(0, 6), st.sampled_from((None, "a", "b"))), max_size=6).map(
    lambda found: sorted(found, key=lambda step: step[0])
)
instants = st.integers(-1, 7)


def line_of(found: Steps) -> Line:
    line: Line = []
    for at, value in found:
        add_step(line, at, value)
    return line


def last_by(found: Steps, at: int) -> tuple[str | None, ...]:
    """Return the value of the last step by `at`, () if there was none."""
    return tuple(value for time, value in found if time <= at)[-1:]


@given(steps, instants)
def test_the_last_value_set_by_then_is_in_force(found: Steps, at: int) -> None:
    assert in_force(line_of(found), at) == (last_by(found, at) or (None,))[0]


@given(steps, instants)
def test_a_label_looks_forward_only_while_nothing_was_ever_set(found: Steps, at: int) -> None:
    """A value that was taken away is none."""
    was_set = [value for time, value in found if time <= at and value is not None]
    later = [value for time, value in found if time > at and value is not None]
    wanted = last_by(found, at)[0] if was_set else next(iter(later), None)
    assert label_at(line_of(found), at) == wanted


@given(steps)
def test_the_label_now_is_that_of_the_last_step(found: Steps) -> None:
    line = line_of(found)
    assert label_now(line) == label_at(line, 99) == (last_by(found, 99) or (None,))[0]


@given(steps, st.integers(0, 3))
def test_a_step_that_changes_nothing_is_left_out(found: Steps, more: int) -> None:
    line = line_of(found)
    assert all(one[1] != other[1] for one, other in pairwise(line))
    before = list(line)
    if line:
        assert not add_step(line, 9 + more, line[-1][1])
        assert line == before
    assert add_step(line, 9, "new")
    assert line == [*before, (9, "new")]


@given(steps, instants, instants)
def test_a_label_is_that_of_every_instant_until_the_next_step(
    found: Steps, one: int, other: int
) -> None:
    first, second = sorted((one, other))
    if not any(first < at <= second for at, _ in found):
        line = line_of(found)
        assert label_at(line, first) == label_at(line, second)
        assert in_force(line, first) == in_force(line, second)
