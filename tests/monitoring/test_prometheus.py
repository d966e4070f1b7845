"""The Prometheus that other tests look through answers, and its waiting can fail."""

from pathlib import Path

import pytest

from tests.monitoring import prometheus as module
from tests.monitoring.prometheus import prometheus

pytestmark = pytest.mark.promtool


def test_it_scrapes_itself_and_answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with prometheus(tmp_path, {"global": {"scrape_interval": "1s"}}) as server:
        assert server.query("vector(3)") == {(): 3.0}
        assert server.query('label_replace(vector(3), "a", "b", "", "")', at=60) == {
            (("a", "b"),): 3.0
        }
        assert server.query_range("time()", start=60, end=62, step=1) == {
            (): [(60.0, 60.0), (61.0, 61.0), (62.0, 62.0)]
        }
        server.until("vector(1) + 1", 2)
        monkeypatch.setattr(module, "PATIENCE", 0.1)
        with pytest.raises(TimeoutError, match=r"gives \{\(\): 1.0\}, not 2"):
            server.until("vector(1)", 2)


def test_a_configuration_that_it_does_not_take_is_shown(tmp_path: Path) -> None:
    with (
        pytest.raises(AssertionError, match="rule_file"),
        prometheus(tmp_path, {"rule_file": ["misspelt"]}),
    ):
        """It never gets here."""
