"""Deskpulse on the records: the real worker, its state durable, until the last is committed."""

import asyncio
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from time import perf_counter
from typing import Any, Final, NamedTuple

import yaml

from bench import topics
from bench.checksum import Numbers
from bench.forms import Form
from bench.measured import Cost
from bench.process import Scrape, WorkerProcess
from schemas.policy import Policy
from schemas.settings import Settings
from schemas.settings_check import load_settings
from streams.kpis.catalogue import catalogue

PATIENCE: Final = 1800.0
POLL_SECONDS: Final = 0.05
# As often as Prometheus is usually told to.
SCRAPE_SECONDS: Final = 15.0

SLA: Final[list[dict[str, Any]]] = [
    {
        "id": "urgent",
        "match": {"priority": ["urgent"]},
        "targets": {"first_response": "15m", "next_reply": "1h", "resolution": "8h"},
    },
    {"id": "standard", "targets": {"first_response": "4h", "resolution": "3d"}},
]


TWO_KPIS: Final = ("first_response_time_seconds", "resolution_time_seconds")
OTHERS: Final = sorted({kpi.family for kpi in catalogue(Policy())} - set(TWO_KPIS))


class Configuration(NamedTuple):
    """What Deskpulse is asked to compute: the keys of its file."""

    name: str
    title: str
    keys: dict[str, Any]


CONFIGURATIONS: Final = (
    Configuration("two", "two KPIs", {"kpis": {"disable": OTHERS}}),
    Configuration("all", "catalogue, SLAs", {"sla": SLA}),
    Configuration(
        "on",
        "everything on",
        {
            "sla": SLA,
            "agents": {"enabled": True},
            "calendars": {
                "office": {"zone": "Europe/Warsaw", "hours": {"mon-fri": ["09:00-17:00"]}}
            },
            "business_calendar": "office",
            "previous_windows": ["7d", "30d"],
        },
    ),
)


@dataclass(frozen=True)
class Site:
    """A group of workers over topics of the bench, with its configuration in a file."""

    settings: Settings
    file: Path

    @classmethod
    def write(
        cls, directory: Path, kafka: Settings, group: str, configuration: Configuration
    ) -> "Site":
        """Write the configuration of a group over the topics of `kafka`."""
        connection = {
            "bootstrap_servers": kafka.kafka.bootstrap_servers,
            "topic_prefix": kafka.kafka.topic_prefix,
            "partitions": kafka.kafka.partitions,
            "group": group,
        }
        keys = {
            **configuration.keys,
            "kafka": connection | configuration.keys.get("kafka", {}),
            "metrics": {"listen": "127.0.0.1:0"},
        }
        file = directory / f"{group}.yaml"
        file.write_text(yaml.safe_dump(keys), "utf-8")
        return cls(load_settings(file.read_text("utf-8"), {}, str(file)), file)


@dataclass(frozen=True)
class Run:
    """One run: its cost, what it showed at the end, and the memory of the process."""

    cost: Cost
    at: int
    numbers: Numbers
    resident_bytes: int
    late: int
    compiled: bool


@dataclass(frozen=True)
class Recovery:
    """What a restarted worker needed to be ready, and what a scrape takes then.

    The wall time counts from the assignment of its partitions, the CPU time from its start to
    listen: joining the group is in it.
    """

    tickets: int
    wall_seconds: float
    cpu_seconds: float
    resident_bytes: int
    scrape: Scrape


async def run(site: Site, form: Form, events: int) -> Run:
    """Let a new group work through `events` records of the topic of tickets.

    The cost counts from the first page that shows applied events to the end: every record
    committed after its changelog, and all that tickets say of their customers taken in.
    """
    await topics.create(site.settings)
    async with (
        asyncio.timeout(PATIENCE),
        topics.Progress(site.settings) as progress,
        WorkerProcess(site.file, form.packages) as worker,
    ):
        before, cpu, wall = await _first_events(worker)
        scraping = asyncio.ensure_future(_scrape(worker))
        try:
            while await progress.events() < events:
                worker.check()
                await asyncio.sleep(POLL_SECONDS)
        finally:
            scraping.cancel()
        while True:
            cost = Cost(events - before, worker.cpu_seconds - cpu, perf_counter() - wall)
            if await progress.heard_all():
                break
        at, numbers = await worker.page_ahead()
        return Run(
            cost,
            at,
            numbers,
            worker.resident_bytes,
            int(sum_of(numbers, "helpdesk_pipeline_events_late_total")),
            _compiled(numbers),
        )


async def recover(site: Site, form: Form) -> Recovery:
    """Start a worker of a group that has run before, and return what its recovery took."""
    async with (
        asyncio.timeout(PATIENCE),
        WorkerProcess(site.file, form.packages) as worker,
    ):
        started = worker.cpu_seconds
        await worker.until_ready()
        cpu_seconds, resident = worker.cpu_seconds - started, worker.resident_bytes
        numbers = await worker.page()
        return Recovery(
            int(sum_of(numbers, "helpdesk_pipeline_entities", kind="ticket")),
            float(sum_of(numbers, "helpdesk_pipeline_recovery_seconds")),
            cpu_seconds,
            resident,
            await worker.scrape(),
        )


def sum_of(numbers: Numbers, family: str, **labels: str) -> Fraction:
    """Return the sum of the samples of a family that have these labels."""
    wanted = labels.items()
    found = (value for (name, have), value in numbers.items() if name == family and wanted <= have)
    return sum(found, Fraction(0))


async def _first_events(worker: WorkerProcess) -> tuple[int, float, float]:
    """Wait for a page that shows events; return how many, and the clocks just before it."""
    while True:
        cpu, wall = worker.cpu_seconds, perf_counter()
        if seen := sum_of(await worker.page(), "helpdesk_pipeline_events_total"):
            return int(seen), cpu, wall
        worker.check()
        await asyncio.sleep(POLL_SECONDS)


async def _scrape(worker: WorkerProcess) -> None:
    while True:
        await asyncio.sleep(SCRAPE_SECONDS)
        await worker.page()


def _compiled(numbers: Numbers) -> bool:
    return any(
        dict(labels).get("compiled") == "yes"
        for name, labels in numbers
        if name == "helpdesk_build_info"
    )
