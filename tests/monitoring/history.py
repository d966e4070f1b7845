"""A helpdesk's last days as two workers showed them: OpenMetrics with times, for promtool."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import chain
from random import Random
from typing import Final

import yaml

from schemas.scalars import DAY, HOUR, MINUTE, SECOND, instant
from schemas.settings import Settings
from schemas.settings_check import load_settings
from streams.demo.helpdesk import Plan, simulate
from streams.engine.samples import Family
from streams.exposition.pipeline import COLLECT_SUCCESS, worker_metrics
from tests.monitoring.deliveries import deliveries
from tests.monitoring.fleet import BUILD, Fleet
from tests.monitoring.shop import orders
from tests.rules.tools import DEPLOY

BEGIN: Final = instant("2026-01-05T00:00:00Z")
# A Thursday afternoon in the middle of an incident.
END: Final = instant("2026-03-12T14:30:00Z")
SPAN: Final = DAY
BEFORE: Final = 2 * HOUR
SCRAPE: Final = 5 * MINUTE
PLAN: Final = Plan(tickets=9_000, days=70, seed=7, start=BEGIN, opening=BEGIN)
WORKERS: Final = ("worker-1:9877", "worker-2:9877")
JOB: Final = "deskpulse"
SUFFIXES: Final = ("", "_bucket", "_gcount", "_gsum")


# What the settings of the demo lack: all queues and channels by name, agents, a benchmark.
BESIDE: Final = """
agents: {enabled: true}
dimensions:
  queue: [orders, tech, billing, sales]
  channel: [email, chat, phone, web, social]
  priority: [low, normal, high, urgent]
benchmarks: {csat_mean: {industry: 4.1}}
"""


@cache
def watched_settings() -> Settings:
    """Return the settings of the workers: those of the demo and what these lack."""
    document = yaml.safe_load((DEPLOY / "deskpulse.yaml").read_text("utf-8"))
    beside = yaml.safe_load(BESIDE)
    return load_settings(yaml.safe_dump(document | beside), {}, "deskpulse.yaml")


@dataclass(frozen=True)
class Wanted:
    """What is kept of the KPIs: the samples of these names, in these windows."""

    names: frozenset[str]
    windows: frozenset[str]

    def of(self, families: Iterable[Family]) -> Iterator[Family]:
        """Yield what is kept of families."""
        for family in families:
            if any(family.name + suffix in self.names for suffix in SUFFIXES):
                kept = [sample for sample in family.samples if self._has(sample.labels)]
                yield family._replace(samples=kept)

    def _has(self, labels: dict[str, str]) -> bool:
        return labels.get("window") in (None, *self.windows)


def scrapes(settings: Settings, wanted: Wanted, step: int) -> Iterator[str]:
    """Yield the lines of OpenMetrics that two workers would have shown in the day before END.

    Scrapes see the KPIs every `step` milliseconds, else the workers alone, and all are answered.
    They begin somewhat earlier: a counter that is new counts as grown.
    """
    random = Random(PLAN.seed)
    events = chain(simulate(PLAN), orders(PLAN, random))
    arriving = deliveries(events, settings.kafka.topic_prefix, random)
    fleet = Fleet(settings, WORKERS, arriving, PLAN.seed)
    for at in range(END - SPAN - BEFORE, END + 1, SCRAPE):
        lag = fleet.advance(at)
        for instance, member in fleet.members.items():
            reading = member.reading(at, lag)
            about = worker_metrics(reading, BUILD, member.page_seconds())
            seen = at >= END - SPAN and (END - at) % step == 0
            kpis = wanted.of(member.snapshot(at).families()) if seen else ()
            target = f'job="{JOB}",instance="{instance}"}}'
            end = f"{at / SECOND:.3f}\n"
            yield f"up{{{target} 1 {end}"
            for family in (*about, COLLECT_SUCCESS.metric(1), *kpis):
                for name, labels, value, *_ in family.samples:
                    yield f"{name}{{{written(labels)}{target} {value} {end}"
    yield "# EOF\n"


def written(labels: Mapping[str, str]) -> str:
    """Return labels as OpenMetrics has them, a comma after each; no value needs escaping."""
    return "".join([f'{name}="{value}",' for name, value in labels.items()])
