"""The live page in a real Chromium, on a stage without Kafka."""

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from streams.demo.board import SHOWN, tiles_of_window
from streams.demo.look import CHARTS
from streams.demo.metrics import Reading, parse
from streams.demo.page import proof_kind
from streams.demo.processes import free_port
from streams.demo.view import Mark, Verdict, View
from streams.demo.words import helpdesk_clock, status_line, verdict_details, verdict_line
from tests.demo.browser import Tab, chromium
from tests.demo.fake_stage import FakeStage

VIEW = View(
    now=10_500,
    clock=0,
    reading=None,
    missing=0,
    workers=(),
    reference="",
    verdict=None,
)


def test_the_verdict_is_the_first_line() -> None:
    """Yes, when, and over how much; no, and how many series; or that nothing was checked yet."""
    yes = Verdict(equal=True, series=4812, events=31_120, at=7000, checked=7500)
    no = Verdict(equal=False, series=2, events=3, at=0, checked=0, differences=("a", "b"))
    checked = replace(VIEW, verdict=yes, checks=5)
    assert verdict_line(checked) == "Equal to the batch evaluation: yes"
    assert verdict_details(checked) == (
        "checked 3 s ago · 4\u202f812 series · 31\u202f120 events · 5 of 5 checks equal"
    )
    wrong = replace(VIEW, verdict=no)
    assert verdict_line(wrong) == "Equal to the batch evaluation: no, 2 series differ"
    assert verdict_line(VIEW) == "Equal to the batch evaluation: not checked yet"
    assert [proof_kind(verdict)[0] for verdict in (None, yes, no)] == ["wait", "yes", "no"]


def test_a_terminal_has_it_all_in_one_line() -> None:
    yes = Verdict(equal=True, series=4812, events=31_120, at=7000, checked=7500)
    numbers = parse(
        'helpdesk_tickets_unresolved{status="new"} 3\n'
        'helpdesk_rolling_sla_evaluated{window="5m"} 4\n'
        'helpdesk_rolling_sla_breached{window="5m"} 1'
    )
    view = replace(VIEW, reading=Reading.of(numbers, 0, SHOWN), verdict=yes, checks=5, unequal=1)
    assert status_line(view) == (
        "Thu 00:00  equal 3 s ago, 4 of 5 checks equal  "
        "unresolved 3  waiting 0  overdue 0  SLA met 75 %  CSAT –"
    )
    assert status_line(replace(VIEW, missing=8)) == "Thu 00:00  8 partitions not counted"


def test_the_helpdesk_s_clock_shows_day_and_hour() -> None:
    assert helpdesk_clock(0) == "Thu 00:00"
    assert helpdesk_clock((4 * 24 + 9) * 3_600_000 + 41 * 60_000) == "Mon 09:41"


def test_charts_leave_gaps_where_there_is_no_data_and_show_marks_once() -> None:
    chart = next(one for one in CHARTS if "csat" in one.lines)
    series = chart.series(
        [(1, {"csat": 4.123}), (2, {"csat": None})], [Mark(2, "worker 1 killed")]
    )
    assert series[0]["data"] == [[1, 4.12], [2, None]]
    assert [mark["xAxis"] for mark in series[0]["markLine"]["data"]] == [2]
    two = CHARTS[0].series([], [Mark(2, "worker 1 killed")])
    assert [len(line["markLine"]["data"]) for line in two] == [1, 0]


def test_charts_are_told_to_those_who_do_not_see_them() -> None:
    chart = next(one for one in CHARTS if one.title == "First response")
    assert chart.summary([]) == "First response: no data yet."
    said = chart.summary([(1, {"first response p50": 90.0, "first response p90": None})])
    assert said == (
        "First response, latest: first response p50 1.5 m, first response p90 no data."
    )


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    """A page that is served by a process of its own, in an empty folder."""
    port = free_port(0)
    with subprocess.Popen(
        [sys.executable, "-m", "tests.demo.fake_stage", str(port)],
        cwd=tmp_path,
        env={"PYTHONPATH": str(Path(__file__).parents[2])},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        yield f"http://127.0.0.1:{port}"
        process.stdin.close()
        process.wait(20)
    assert process.returncode == 0
    assert list(tmp_path.iterdir()) == [], "the page leaves files behind"


READY = "/[0-9]/.test(document.querySelector('.tile .value b')?.innerText ?? '')"
WORKER_2 = "document.querySelectorAll('.worker')[1]"


@pytest.mark.browser
@pytest.mark.slow
async def test_a_visitor_sees_numbers_and_kills_a_worker(
    address: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Numbers, charts and queues are there; a press on the button kills, another one starts."""
    async with chromium(tmp_path_factory.mktemp("profile")) as tab:
        await tab.resize(1440, 1300)
        await tab.open(address)
        await tab.until(READY)
        await sees_numbers(tab)
        await kills_and_starts(tab)
        await chooses_a_window(tab)
        await reads_on_a_small_screen(tab)
        assert tab.complaints == []


async def sees_numbers(tab: Tab) -> None:
    assert await tab.text("h1") == ["Deskpulse"]
    assert await tab.text(".proof .line") == ["Equal to the batch evaluation: yes"]
    titles = await tab.text(".tile h3")
    assert titles[:4] == ["Unresolved", "Waiting for us", "SLA due soon", "SLA overdue"]
    assert len(titles) == 4 + len(tiles_of_window(FakeStage.EMPTY, "5m"))
    assert all(value != "" for value in await tab.text(".tile .value b"))
    assert await tab.text(".queues td:first-child") == ["Orders", "Tech", "Billing", "Sales"]
    assert await tab.until(f"document.querySelectorAll('.chart canvas').length == {len(CHARTS)}")
    labels = "[...document.querySelectorAll('.plot')].every(p => p.ariaLabel.includes('latest'))"
    assert await tab.until(labels)


async def kills_and_starts(tab: Tab) -> None:
    button = f"{WORKER_2}.querySelector('button')"
    assert await tab.evaluate(f"{button}.ariaLabel") == "Kill this worker: worker 2"
    await tab.evaluate(f"{button}.click()")
    await tab.until(f"{WORKER_2}.querySelector('.state').innerText == 'killed'")
    await tab.until(f"{button}.ariaLabel == 'Start it again: worker 2'")
    await tab.evaluate(f"{button}.click()")
    await tab.until(f"{WORKER_2}.querySelector('.state').innerText == 'running'")


async def chooses_a_window(tab: Tab) -> None:
    opened = "document.querySelectorAll('.tile .value b')[4].innerText"
    before = await tab.evaluate(opened)
    await tab.evaluate("[...document.querySelectorAll('.q-btn-toggle button')].at(-1).click()")
    await tab.until("document.body.innerText.includes('By queue, last hour')")
    assert await tab.evaluate(opened) != before


async def reads_on_a_small_screen(tab: Tab) -> None:
    await tab.resize(390, 844)
    await tab.until("document.documentElement.scrollWidth <= 390")
