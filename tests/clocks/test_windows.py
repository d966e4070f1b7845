import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.policy import WINDOW_NAMES
from schemas.scalars import DAY, HOUR, MINUTE, SECOND
from streams.clocks.windows import PANES, SLA_WINDOWS, WINDOWS, pane_width, window_start

# The widest pane that is no more than a sixtieth of the window, worked out by hand.
PANE_OF = {
    "5m": 5 * SECOND,
    "30m": 15 * SECOND,
    "1h": MINUTE,
    "2h": MINUTE,
    "6h": 5 * MINUTE,
    "1d": 15 * MINUTE,
    "3d": HOUR,
    "7d": HOUR,
    "30d": 6 * HOUR,
    "90d": DAY,
}

names = st.sampled_from(sorted(WINDOWS))
instants = st.integers(-(10**14), 10**15)


@pytest.mark.parametrize(("window", "pane"), PANE_OF.items())
def test_panes_are_the_widest_that_fit(window: str, pane: int) -> None:
    assert pane_width(WINDOWS[window]) == pane
    assert WINDOWS[window] % pane == 0
    assert WINDOWS[window] >= 60 * pane
    assert pane in PANES


def test_every_window_of_the_settings_is_known() -> None:
    assert set(WINDOWS) == set(WINDOW_NAMES) == set(PANE_OF)
    assert set(SLA_WINDOWS) == set(WINDOWS) - {"90d"}


@given(names, instants)
def test_a_window_is_whole_panes_and_reaches_t(window: str, t: int) -> None:
    """It covers more than the window less a pane, and never more than the window."""
    start, pane = window_start(window, t), PANE_OF[window]
    assert start % pane == 0
    assert WINDOWS[window] - pane < t + 1 - start <= WINDOWS[window]


@given(names, instants, st.integers(0, 10**10))
def test_a_window_never_goes_back(window: str, t: int, more: int) -> None:
    assert window_start(window, t) <= window_start(window, t + more)


@given(names, instants)
def test_a_window_moves_when_a_pane_begins(window: str, t: int) -> None:
    begin = t // PANE_OF[window] * PANE_OF[window]
    assert window_start(window, begin) == window_start(window, t)
    assert window_start(window, begin - 1) == window_start(window, t) - PANE_OF[window]
