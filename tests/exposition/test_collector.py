"""A page is whole or says that it is not."""

from collections.abc import Iterator

import pytest

from schemas.scalars import Milliseconds
from streams.engine.samples import Family, Sample
from streams.exposition.collector import Collector
from tests.exposition.pages import AT, BUILD, reading

KPI = Family("helpdesk_customers", "gauge", "Customers.", [Sample("helpdesk_customers", {}, 1)])


class Fixed:
    """A snapshot that shows one family, and may break behind it."""

    def __init__(self, at: Milliseconds, *, broken: bool = False) -> None:
        self.at = at
        self.broken = broken

    def families(self) -> Iterator[Family]:
        """Yield the family, then break or end."""
        yield KPI
        if self.broken:
            raise ArithmeticError


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = AT

    def __call__(self) -> Milliseconds:
        """Return the time that was set."""
        return self.now


def test_a_page_has_kpis_and_says_so() -> None:
    """Both halves are there."""
    collector = Collector(Fixed, reading, Clock(), BUILD)
    text = collector.render(collector.take(), "text").decode()
    assert "helpdesk_customers 1.0\n" in text
    assert "helpdesk_pipeline_collect_success 1.0\n" in text


def test_a_family_that_breaks_leaves_no_half_page(caplog: pytest.LogCaptureFixture) -> None:
    """No KPI at all, a metric that says so, and the cause in the log."""
    collector = Collector(lambda at: Fixed(at, broken=True), reading, Clock(), BUILD)
    text = collector.render(collector.take(), "text").decode()
    assert "helpdesk_customers" not in text
    assert "helpdesk_pipeline_collect_success 0.0\n" in text
    assert "helpdesk_pipeline_rebalances_total 3.0\n" in text
    assert "ArithmeticError" in caplog.text


def test_a_snapshot_that_breaks_leaves_the_worker_visible() -> None:
    """The same if the numbers cannot even be taken."""

    def broken(at: Milliseconds) -> Fixed:
        raise ArithmeticError(at)

    collector = Collector(broken, reading, Clock(), BUILD)
    text = collector.render(collector.take(), "text").decode()
    assert "helpdesk_pipeline_collect_success 0.0\n" in text


def test_scrapes_close_together_share_a_snapshot() -> None:
    """Two scrapers cost as much as one; a second later the numbers are new."""
    clock = Clock()
    collector = Collector(Fixed, reading, clock, BUILD)
    first = collector.take()
    clock.now = Milliseconds(AT + 100)
    assert collector.take() is first
    clock.now = Milliseconds(AT + 1000)
    assert collector.take().at == AT + 1000


def test_time_never_goes_back() -> None:
    """A wall clock that is set back shows the last numbers again, until it catches up."""
    clock = Clock()
    collector = Collector(Fixed, reading, clock, BUILD)
    first = collector.take()
    clock.now = Milliseconds(AT - 5000)
    assert collector.take() is first


def test_an_instant_can_be_asked_for_unless_a_later_one_was_shown() -> None:
    """So the pages of several workers can be taken at the same t."""
    collector = Collector(Fixed, reading, Clock(), BUILD)
    assert collector.take_at(Milliseconds(AT + 10)).at == AT + 10
    with pytest.raises(ValueError, match="later instant"):
        collector.take_at(AT)
