"""A worker that stood still doubts what it holds."""

import pytest

from streams.worker.housekeeping import Pulse


def test_a_pulse_in_time_is_a_pulse(monkeypatch: pytest.MonkeyPatch) -> None:
    """Shorter pauses are nothing, one as long as the session is."""
    now = 100.0
    monkeypatch.setattr("streams.worker.housekeeping.monotonic", lambda: now)
    pulse = Pulse(session_seconds=10.0)
    now = 109.9
    assert pulse.beat()
    now = 119.9
    assert not pulse.beat()
    now = 120.0
    assert pulse.beat()
