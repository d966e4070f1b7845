"""`python -m bench`: one run on a real Kafka -> one page, also kept as bench/RESULTS.md."""

import asyncio
import os
import platform
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from time import time_ns
from typing import Final, NamedTuple

import click

from bench import deskpulse, forms, topics
from bench.deskpulse import CONFIGURATIONS, Configuration, Run, Site
from bench.exactness import Verdict, beside_oracle, beside_replay
from bench.forms import Form
from bench.measured import Cost
from bench.memory import Memory
from bench.report import CEILING, FAUST, Footprint, Page, Round, text
from bench.stages import Stages
from bench.workload import Record, Workload, records
from schemas.scalars import HOUR
from schemas.settings import Settings
from streams.demo.broker import Broker, given_cluster

RESULTS: Final = Path(__file__).parent / "RESULTS.md"
LIBRARIES: Final = ("aiokafka", "faust-streaming", "msgspec", "numpy", "orjson")


class Size(NamedTuple):
    """How much is measured. `checked`: tickets whose result the oracle works out too."""

    tickets: int = 100_000
    checked: int = 300
    faust_events: int = 20_000
    rounds: int = 3
    partitions: int = 8
    seed: int = 7


class Found(NamedTuple):
    """What was measured."""

    events: int
    rounds: list[Round]
    verdicts: list[tuple[str, Verdict]]
    footprints: list[Footprint]


class Bench:
    """One run of the bench against one Kafka."""

    def __init__(self, servers: str, directory: Path, size: Size) -> None:
        self._servers = servers
        self._directory = directory
        self._size = size
        # The newest event lies up to an hour back, so every record is admitted.
        self._end = time_ns() // 1_000_000 // HOUR * HOUR
        self._prefix = f"bench-{time_ns()}."
        self._kafka = self._settings(self._prefix)
        self._groups = 0

    async def run(self, configurations: Sequence[Configuration], built: Sequence[Form]) -> Found:
        """Measure every configuration in every form, and judge its result.

        The oracle and the replay judge the last of the forms.
        """
        try:
            found = Found(0, [], await self._check(configurations, built[-1]), [])
            await topics.create(self._kafka)
            events = await topics.fill(self._kafka, self._records(self._size.tickets))
            found = found._replace(events=events)
            for number in range(1, self._size.rounds + 1):
                await self._round(number, configurations, built, found)
            return found
        finally:
            await topics.remove(self._kafka, self._prefix)

    async def _round(
        self,
        number: int,
        configurations: Sequence[Configuration],
        built: Sequence[Form],
        found: Found,
    ) -> None:
        costs = {CEILING: await self._ceiling(), FAUST: await self._faust(found.events)}
        for configuration in configurations:
            for form in built:
                engine = name(configuration, form)
                _say(f"round {number}: {engine}")
                site = self._site(configuration, self._kafka)
                run = await deskpulse.run(site, form, found.events)
                _say(f"  {run.cost.rate:,.0f} events a CPU-second")
                costs[engine] = run.cost
                if number == self._size.rounds:
                    found.footprints.append(await self._footprint(engine, site, form))
                    if form == built[-1]:
                        found.verdicts.append((engine, self._replayed(configuration, site, run)))
        found.rounds.append(Round(costs))

    async def _check(
        self, configurations: Sequence[Configuration], form: Form
    ) -> list[tuple[str, Verdict]]:
        """Let workers show a small workload, and the oracle judge what they show."""
        kafka = self._settings(f"{self._prefix}checked.")
        await topics.create(kafka)
        events = await topics.fill(kafka, self._records(self._size.checked))
        verdicts = []
        for configuration in configurations:
            engine = name(configuration, form)
            _say(f"oracle: {engine}")
            site = self._site(configuration, kafka)
            found = await deskpulse.run(site, form, events)
            verdict = beside_oracle(
                self._records(self._size.checked),
                site.settings.policy,
                found.at,
                found.numbers,
            )
            verdicts.append((engine, verdict))
        return verdicts

    def _replayed(self, configuration: Configuration, site: Site, found: Run) -> Verdict:
        _say(f"replay: {configuration.title}")
        return beside_replay(
            self._records(self._size.tickets),
            site.settings.policy,
            found.at,
            found.numbers,
        )

    async def _footprint(self, engine: str, site: Site, form: Form) -> Footprint:
        recovery = await deskpulse.recover(site, form)
        memory = Memory.from_json(await _process(form, "bench.memory", str(site.file)))
        arguments = (str(self._size.tickets), str(self._end), str(self._size.seed))
        stages = Stages.from_json(await _process(form, "bench.stages", str(site.file), *arguments))
        return Footprint(engine, memory, recovery, stages)

    async def _ceiling(self) -> Cost:
        _say("ceiling")
        return Cost.from_json(await _process(None, "bench.ceiling", self._servers, self._topic))

    async def _faust(self, there: int) -> Cost:
        _say("stock Faust")
        group = self._group("faust")
        directory = str(self._directory / group)
        # It measures from its first event to one more.
        events = min(self._size.faust_events, there - 1)
        arguments = (self._servers, self._topic, group, str(events), directory)
        return Cost.from_json(await _process(None, "bench.peers.faust_noop", *arguments))

    @property
    def _topic(self) -> str:
        return f"{self._kafka.kafka.topic_prefix}tickets"

    def _settings(self, prefix: str) -> Settings:
        return topics.settings_of(self._servers, prefix, "loader", self._size.partitions)

    def _records(self, tickets: int) -> Iterator[Record]:
        return records(Workload(tickets=tickets, end=self._end, seed=self._size.seed))

    def _site(self, configuration: Configuration, kafka: Settings) -> Site:
        group = self._group(configuration.name)
        return Site.write(self._directory, kafka, group, configuration)

    def _group(self, stem: str) -> str:
        self._groups += 1
        return f"{stem}-{self._groups}"


def name(configuration: Configuration, form: Form) -> str:
    """Return how an engine is called on the page."""
    return f"Deskpulse, {configuration.title}, {form.name}"


async def _process(form: Form | None, module: str, *arguments: str) -> bytes:
    """Run a module in a process of its own and return what it printed."""
    packages = [str(Path.cwd())] if form is None else [str(form.packages), str(Path.cwd())]
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-P",
        "-m",
        module,
        *arguments,
        stdout=asyncio.subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(packages)},
    )
    output, _ = await process.communicate()
    if process.returncode != 0:
        raise RuntimeError(f"{module} ended with {process.returncode}")
    return output


@contextmanager
def cluster(directory: Path) -> Iterator[str]:
    """Start the embedded broker unless the environment names another one; give its address."""
    given = given_cluster(os.environ)
    if given is not None:
        yield given.bootstrap_servers
        return
    with Broker.start(directory, on_progress=_say, c1_only=False) as broker:
        yield broker.bootstrap_servers


def _build() -> tuple[list[Form], list[str]]:
    """Return the forms that can be had here, and why others cannot."""
    try:
        return [forms.plain(), forms.compiled()], []
    except forms.NotBuilt as reason:
        return [forms.plain()], [f"The compiled form is left out: {reason}."]


def _say(line: str) -> None:
    click.echo(line, err=True)


def _machine() -> str:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} cores, {memory:.0f} GB, "
        f"{platform.system()} {platform.machine()}"
    )


def _versions() -> str:
    libraries = ", ".join(f"{library} {version(library)}" for library in LIBRARIES)
    return f"{platform.python_implementation()} {platform.python_version()}, {libraries}"


@click.command()
@click.option("--tickets", default=Size().tickets, show_default=True)
@click.option("--rounds", default=Size().rounds, show_default=True)
@click.option("--checked", default=Size().checked, show_default=True, help="By the oracle.")
@click.option("--only", multiple=True, type=click.Choice([c.name for c in CONFIGURATIONS]))
@click.option("--output", default=RESULTS, type=click.Path(path_type=Path, dir_okay=False))
def main(tickets: int, rounds: int, checked: int, only: Sequence[str], output: Path) -> None:
    """Measure what an event costs, beside the least that it could cost, on a real Kafka."""
    size = Size(tickets=tickets, rounds=rounds, checked=checked)
    configurations = [c for c in CONFIGURATIONS if not only or c.name in only]
    built, remarks = _build()
    with (
        tempfile.TemporaryDirectory(prefix="deskpulse-bench-") as directory,
        cluster(Path(directory) / "broker") as servers,
    ):
        bench = Bench(servers, Path(directory), size)
        found = asyncio.run(bench.run(configurations, built))
    page = Page(
        command=f"python -m bench --tickets {tickets} --rounds {rounds} --checked {checked}",
        machine=_machine(),
        versions=_versions(),
        workload=f"{found.events:,} events of {tickets:,} tickets, {size.partitions} partitions, "
        f"seed {size.seed}",
        remarks=remarks,
        rounds=found.rounds,
        verdicts=found.verdicts,
        footprints=found.footprints,
    )
    shown = text(page)
    click.echo(shown, nl=False)
    output.write_text(
        f"# Results\n\nWritten by the bench; do not edit.\n\n```text\n{shown}```\n", "utf-8"
    )
    sys.exit(0 if all(verdict.equal for _, verdict in found.verdicts) else 1)


if __name__ == "__main__":
    main()
