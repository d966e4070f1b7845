"""How long partitions are missing when workers come and go: `python -m bench.handover`.

Pages are read ten times a second while one thing after the other happens to the workers. What
they show together is too little while partitions are on their way, and must never be too much.
"""

import asyncio
import signal
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from pathlib import Path
from time import monotonic, time_ns
from typing import Final, NamedTuple

import aiohttp
import click

from bench import topics
from bench.__main__ import cluster
from bench.deskpulse import Configuration, Site
from bench.process import WorkerProcess
from bench.workload import Workload, records
from schemas.scalars import HOUR

PARTITIONS: Final = 8
READ_SECONDS: Final = 0.1
# So many readings in a row say that all is well again.
CALM: Final = 5
PATIENCE: Final = 180.0
RECOVERED: Final = "helpdesk_pipeline_partition_recovered"
LAG: Final = "helpdesk_pipeline_consumer_lag_records"
ENTITIES: Final = "helpdesk_pipeline_entities"


class Reading(NamedTuple):
    """What all workers showed together at one moment; `sharing`: how many had a part in it."""

    at: float
    sharing: int
    partitions: int
    lag: int
    tickets: int


class Handover(NamedTuple):
    """What happened, how long something was missing, and the least and the most that was shown."""

    what: str
    seconds: float
    least: float
    most: float


class Fleet:
    """Workers of one group, read again and again."""

    def __init__(self, site: Site, named: bool) -> None:
        self._site = site
        self._named = named
        # How many tickets there are, once everything has been read.
        self._tickets: int | None = None
        self._stack = AsyncExitStack()
        self.workers: list[WorkerProcess] = []

    async def start(self) -> None:
        """Start one more worker."""
        instance = f"worker-{len(self.workers)}" if self._named else None
        worker = WorkerProcess(self._site.file, Path.cwd(), instance)
        self.workers.append(await self._stack.enter_async_context(worker))

    async def stop(self) -> None:
        """Stop all workers."""
        await self._stack.aclose()

    async def handover(
        self, what: str, act: Callable[[], Awaitable[object]], sharing: int
    ) -> Handover:
        """Let something happen, and return what was to be seen until so many share it all."""
        readings: list[Reading] = []
        acting = asyncio.ensure_future(act())
        async with asyncio.timeout(PATIENCE):
            while not (acting.done() and self._is_calm(readings, sharing)):
                readings.append(await self._reading())
                await asyncio.sleep(READ_SECONDS)
        await acting
        missing = [reading for reading in readings if not self._is_whole(reading)]
        self._tickets = readings[-1].tickets
        shown = [reading.tickets / self._tickets for reading in readings]
        seconds = missing[-1].at - missing[0].at if missing else 0.0
        return Handover(what, seconds, min(shown), max(shown))

    def _is_calm(self, readings: Sequence[Reading], sharing: int) -> bool:
        last = readings[-CALM:]
        return len(last) == CALM and all(
            reading.sharing == sharing and self._is_whole(reading) for reading in last
        )

    def _is_whole(self, reading: Reading) -> bool:
        if self._tickets is None:
            return reading.partitions == PARTITIONS and reading.lag == 0 < reading.tickets
        return reading.partitions == PARTITIONS and reading.tickets == self._tickets

    async def _reading(self) -> Reading:
        topic = f"{self._site.settings.kafka.topic_prefix}tickets"
        sharing = partitions = lag = tickets = 0
        for worker in self.workers:
            try:
                page = await worker.text()
            except aiohttp.ClientError:
                continue  # it is not there, or not there yet
            held = total(page, RECOVERED, f'topic="{topic}"')
            sharing += held > 0
            partitions += held
            lag += total(page, LAG, f'topic="{topic}"')
            tickets += total(page, ENTITIES, 'kind="ticket"')
        return Reading(monotonic(), sharing, partitions, lag, tickets)


def total(page: str, family: str, label: str) -> int:
    """Return the sum of the samples of a family with a label; a page is not read as a whole."""
    lines = (line for line in page.splitlines() if line.startswith(f"{family}{{"))
    return round(sum(float(line.rpartition(" ")[2]) for line in lines if label in line))


async def measure(
    servers: str, directory: Path, tickets: int, session_timeout: str
) -> list[Handover]:
    """Return what happens when workers come and go, without names and with them."""
    keys = {"kafka": {"session_timeout": session_timeout}}
    prefix = f"handover-{time_ns()}."
    end = time_ns() // 1_000_000 // HOUR * HOUR
    settings = topics.settings_of(servers, prefix, "loader", PARTITIONS)
    found: list[Handover] = []
    try:
        await topics.create(settings)
        await topics.fill(settings, records(Workload(tickets=tickets, end=end, seed=7)))
        site = Site.write(directory, settings, "unnamed", Configuration("", "", keys))
        async with _fleet(site, named=False) as fleet:
            found.append(await fleet.handover("a third worker starts", fleet.start, 3))
            third, second = fleet.workers[2], fleet.workers[1]
            found.append(await fleet.handover("it is stopped, SIGTERM", third.end, 2))
            kill = partial(second.end, signal.SIGKILL)
            found.append(await fleet.handover("one of two is killed", kill, 1))
        site = Site.write(directory, settings, "named", Configuration("", "", keys))
        async with _fleet(site, named=True) as fleet:
            second = fleet.workers[1]
            found.append(await fleet.handover("named, one is restarted", second.restart, 2))
            found.append(await fleet.handover("named, one is stopped for good", second.end, 1))
    finally:
        await topics.remove(settings, prefix)
    return found


@asynccontextmanager
async def _fleet(site: Site, *, named: bool) -> AsyncIterator[Fleet]:
    """Run two workers that share the partitions."""
    await topics.create(site.settings)
    fleet = Fleet(site, named)
    try:
        await fleet.handover("", fleet.start, 1)
        await fleet.handover("", fleet.start, 2)
        yield fleet
    finally:
        await fleet.stop()


def text(found: Sequence[Handover]) -> str:
    """Return a table."""
    lines = [f"{'':34}{'missing, seconds':>18}{'least shown':>14}{'most shown':>14}"]
    lines += [
        f"{one.what:34}{one.seconds:>18.1f}{one.least:>14.1%}{one.most:>14.1%}" for one in found
    ]
    return "\n".join(lines) + "\n"


@click.command()
@click.option("--tickets", default=20_000, show_default=True)
@click.option("--session-timeout", default="10s", show_default=True)
def main(tickets: int, session_timeout: str) -> None:
    """Measure how long partitions are missing when workers come and go, on a real Kafka."""
    with (
        tempfile.TemporaryDirectory(prefix="deskpulse-handover-") as directory,
        cluster(Path(directory) / "broker") as servers,
    ):
        found = asyncio.run(measure(servers, Path(directory), tickets, session_timeout))
    click.echo(text(found), nl=False)


if __name__ == "__main__":
    main()
