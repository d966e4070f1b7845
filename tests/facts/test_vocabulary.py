from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.scalars import LABEL_BYTES_MAX
from streams.facts.vocabulary import CODES_MAX, NONE, OTHER, Vocabulary

values = st.one_of(st.none(), st.sampled_from(("none", "other", "a", "b", "c", "d", "ä")))
listed = st.lists(st.sampled_from(("a", "b", "c")), max_size=3, unique=True)
limits = st.one_of(st.none(), st.integers(0, 4))


@given(listed, limits, st.lists(values))
def test_a_value_keeps_its_code(
    given_list: list[str], limit: int | None, asked: list[str | None]
) -> None:
    """A fact that is derived again is the same row, so that it can be taken back."""
    vocabulary = Vocabulary(given_list, limit)
    first = [vocabulary.code(value) for value in asked]
    assert [vocabulary.code(value) for value in asked] == first


@given(listed, limits, st.lists(values))
def test_a_code_is_the_value_or_other(
    given_list: list[str], limit: int | None, asked: list[str | None]
) -> None:
    vocabulary = Vocabulary(given_list, limit)
    for value in asked:
        code = vocabulary.code(value)
        assert vocabulary.texts[code] in (value or "none", "other")
    assert len(set(vocabulary.texts)) == len(vocabulary.texts)


@given(st.lists(values, min_size=1), st.permutations(("a", "b", "c")))
def test_a_list_is_closed_and_order_free(asked: list[str | None], names: list[str]) -> None:
    vocabulary = Vocabulary(names)
    for value in asked:
        text = vocabulary.texts[vocabulary.code(value)]
        assert text == (value or "none" if value in (None, "none", *names) else "other")
    assert vocabulary.overflows == 0


@given(st.integers(0, 6), st.lists(st.integers(0, 9)))
def test_without_a_list_the_first_values_are_taken(limit: int, asked: list[int]) -> None:
    """Each value beyond the limit is `other`, each time that it is asked for counted."""
    vocabulary = Vocabulary((), limit)
    taken: list[int] = []
    overflows = 0
    for number in asked:
        if number not in taken and len(taken) < limit:
            taken.append(number)
        is_taken = number in taken
        overflows += not is_taken
        text = vocabulary.texts[vocabulary.code(f"v{number}")]
        assert text == (f"v{number}" if is_taken else "other")
    assert vocabulary.overflows == overflows


@pytest.mark.parametrize("limit", [None, 10 * CODES_MAX])
def test_codes_fit_their_bits_whatever_the_limit(limit: int | None) -> None:
    vocabulary = Vocabulary((), limit)
    codes = {vocabulary.code(f"v{number}") for number in range(CODES_MAX + 5)}
    assert max(codes) < CODES_MAX
    assert vocabulary.overflows == CODES_MAX + 5 - (CODES_MAX - 2)


@pytest.mark.parametrize(
    "make", [Vocabulary, lambda: Vocabulary(("a",)), lambda: Vocabulary((), 0)]
)
def test_none_and_other_are_always_there(make: Callable[[], Vocabulary]) -> None:
    vocabulary = make()
    assert vocabulary.code(None) == vocabulary.code("none") == NONE
    assert vocabulary.code("other") == OTHER
    assert vocabulary.overflows == 0


@given(st.integers(195, 205), st.sampled_from(("a", "ä", "\U0001f389")), limits)
def test_a_value_that_is_too_long_for_a_label_is_other(
    size: int, letter: str, limit: int | None
) -> None:
    """In bytes, as Prometheus counts; whenever it comes, and counted each time."""
    vocabulary = Vocabulary((), limit)
    value = letter * (size // len(letter.encode()))
    is_taken = limit != 0 and len(value.encode()) <= LABEL_BYTES_MAX
    for asked in (1, 2):
        assert vocabulary.texts[vocabulary.code(value)] == (value if is_taken else "other")
        assert vocabulary.overflows == (0 if is_taken else asked)
