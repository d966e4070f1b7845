"""Each benchmark runs with a tiny size, so that it cannot rot. No time is asserted."""

from pathlib import Path

import pytest

from bench import handover, report
from bench.__main__ import Bench, Size
from bench.deskpulse import CONFIGURATIONS, Recovery
from bench.exactness import Verdict, shown_by
from bench.forms import Form
from bench.measured import Cost
from bench.memory import Memory
from bench.process import Scrape
from bench.report import CEILING, FAUST, Footprint, Page, Round
from bench.stages import Stages, measure
from bench.workload import Workload
from schemas.policy import Kpis, Policy
from streams.demo.broker import Cluster

TINY = Size(tickets=60, checked=20, faust_events=200, rounds=1, partitions=2)


@pytest.fixture
def packages() -> Form:
    """The files of this clone, not built anew: that takes its time."""
    return Form("plain", Path.cwd())


@pytest.mark.slow
async def test_the_bench_measures_every_engine_and_finds_its_result_exact(
    broker: Cluster, tmp_path: Path, packages: Form
) -> None:
    bench = Bench(broker.bootstrap_servers, tmp_path, TINY)
    everything_on = CONFIGURATIONS[-1]
    found = await bench.run([everything_on], [packages])
    assert found.events > 5 * TINY.tickets
    for round_ in found.rounds:
        assert len(round_.costs) == 3
        assert round_.costs[CEILING].events == found.events
        assert round_.costs[FAUST].events == TINY.faust_events
    assert [verdict.judge for _, verdict in found.verdicts] == ["oracle", "replay"]
    assert [verdict.examples for _, verdict in found.verdicts] == [(), ()]
    for footprint in found.footprints:
        assert footprint.memory.tickets == footprint.recovery.tickets > 0
        assert footprint.memory.changelog > 100 * footprint.memory.tickets
        scrape = footprint.recovery.scrape
        assert scrape.plain_bytes > scrape.zipped_bytes > scrape.samples > 1000


@pytest.mark.slow
async def test_nothing_is_counted_twice_while_workers_come_and_go(
    broker: Cluster, tmp_path: Path
) -> None:
    found = await handover.measure(broker.bootstrap_servers, tmp_path, 60, session_timeout="3s")
    assert [one.most for one in found] == [1.0] * 5
    assert all(one.least < 1.0 and one.seconds > 0 for one in found)
    assert "one of two is killed" in handover.text(found)


def test_the_oracle_is_asked_only_for_what_a_configuration_shows() -> None:
    shown = shown_by(Policy(kpis=Kpis(disable=("reply_time_seconds",))))
    assert shown("helpdesk_rolling_first_response_time_seconds_bucket")
    assert shown("helpdesk_tickets_unresolved")
    assert not shown("helpdesk_rolling_reply_time_seconds_bucket")


def test_the_stages_are_measured_without_kafka() -> None:
    found = measure(Policy(), Workload(tickets=50, end=1_795_000_000_000))
    assert found.events > 250
    assert all(seconds >= 0 for seconds in found.seconds.values())


def test_the_page_shows_ratios_of_one_round_and_says_what_is_not_equal() -> None:
    engine = "Deskpulse, two KPIs, plain"
    cost = Cost(100, 4.0, 4.0)
    rounds = [Round({CEILING: Cost(100, wall, wall), engine: cost}) for wall in (1.0, 2.0)]
    shown = report.text(
        Page(
            command="python -m bench",
            machine="1 core",
            versions="Python",
            workload="100 events",
            remarks=["The compiled form is left out: no compiler."],
            rounds=rounds,
            verdicts=[(engine, Verdict(100, "oracle", 7, "aaaa", "bbbb", ("x 1, not 2",)))],
            footprints=[
                Footprint(
                    engine,
                    Memory(10, 4000, 5000, 1000, 7000, 3000, 0.1, 0.2),
                    Recovery(10, 0.5, 0.4, 10_000_000, Scrape(900, 80_000, 9_000, 0.03)),
                    Stages(100, {"decode": 0.0002}),
                )
            ],
        )
    )
    assert "37.5%  25.0% – 50.0%" in shown
    assert "equal to the oracle: NO" in shown
    assert "x 1, not 2" in shown
    assert "no compiler" in shown
    assert max(map(len, shown.splitlines())) <= 111
