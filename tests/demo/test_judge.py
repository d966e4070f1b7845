"""The judge: says no when it is no, and not before it has looked twice."""

import asyncio
from pathlib import Path

from schemas.policy import Policy
from streams.demo.judge import Exhibit, Judge
from streams.demo.metrics import Series
from streams.demo.reference import Reference
from streams.demo.view import Verdict

OPENED = Series("helpdesk_rolling_tickets_opened", (("window", "5m"),))
UNKNOWN = Series("helpdesk_rolling_of_another_program", ())


class FixedReference(Reference):
    """A batch evaluation that always finds the same."""

    async def evaluate(self, config: Path, at: int, events: bytes) -> dict[Series, int]:
        return {OPENED: 2000, UNKNOWN: 1000}


def judge(verdicts: list[Verdict]) -> Judge:
    return Judge(FixedReference((), ""), Path("any.yaml"), Policy(), verdicts.append)


async def check(judge: Judge, opened: int, *, shown: bool = True) -> None:
    """Let the judge compare with workers that opened so many thousandths of a ticket."""
    assert judge.wants
    judge.judge(Exhibit(7, {OPENED: opened} if shown else {}, b"", 3))
    assert not judge.wants
    while not judge.idle:
        await asyncio.sleep(0)


async def test_equal_numbers_are_a_verdict_at_once() -> None:
    """What is not in the catalogue is not held against the workers."""
    verdicts: list[Verdict] = []
    await check(judge(verdicts), 2000)
    (verdict,) = verdicts
    assert (verdict.equal, verdict.series, verdict.events, verdict.at) == (True, 1, 3, 7)


async def test_a_difference_counts_when_it_is_there_the_second_time() -> None:
    """The first time, events may have been on their way."""
    verdicts: list[Verdict] = []
    strict = judge(verdicts)
    await check(strict, 1000)
    assert strict.doubts
    assert verdicts == []
    await check(strict, 1000)
    (verdict,) = verdicts
    assert not verdict.equal
    assert verdict.differences == [
        'helpdesk_rolling_tickets_opened{window="5m"}: live 1, batch 2',
    ]
    assert (strict.checks, strict.unequal) == (1, 1)


async def test_a_series_that_the_workers_lack_is_a_difference() -> None:
    verdicts: list[Verdict] = []
    strict = judge(verdicts)
    for _ in range(2):
        await check(strict, 0, shown=False)
    assert [verdict.equal for verdict in verdicts] == [False]


async def test_a_doubt_that_proves_wrong_is_forgotten() -> None:
    verdicts: list[Verdict] = []
    strict = judge(verdicts)
    await check(strict, 1000)
    await check(strict, 2000)
    assert [verdict.equal for verdict in verdicts] == [True]
    assert not strict.doubts
