"""Kafka, workers, Prometheus, Alertmanager and a chat, as the checked-in files join them."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Final

import yaml

from schemas.events import Event
from streams.demo.broker import HOST, free_ports
from tests.end_to_end.chat import Chat
from tests.integration.commands import deskpulse
from tests.integration.conftest import PARTITIONS, Site
from tests.integration.workers import Worker, settled, shared
from tests.json_lines import to_json
from tests.monitoring.alertmanager import alertmanager, chat
from tests.monitoring.hurry import hurried
from tests.monitoring.prometheus import Prometheus, prometheus
from tests.rules.tools import DEPLOY, run

JOB: Final = "deskpulse"


@dataclass
class Stack:
    """What runs, and the events that it was sent."""

    site: Site
    workers: Sequence[Worker]
    prometheus: Prometheus
    chat: Chat
    events: list[Event] = field(default_factory=list)

    async def send(self, events: Iterable[Event]) -> None:
        """Let `deskpulse send` send these events."""
        some = list(events)
        self.events += some
        file = self.site.directory / "events.jsonl"
        file.write_text("".join(f"{to_json(event)}\n" for event in some), "utf-8")
        sent = await deskpulse("send", "--config", self.site.config, file)
        assert sent.returncode == 0, sent.stderr


@asynccontextmanager
async def running(site: Site, *program: str) -> AsyncIterator[Stack]:
    """Run two workers and all that watches them; a worker that is back has its old address."""
    own, *ports = (f"{HOST}:{port}" for port in free_ports(3))
    workers = [site.worker(*program, DESKPULSE_METRICS_LISTEN=port) for port in ports]
    directory = site.directory
    async with AsyncExitStack() as parts:
        await asyncio.gather(*map(parts.enter_async_context, workers), write_rules(site))
        await shared(workers)
        await settled(workers, PARTITIONS)
        webhook, messages = parts.enter_context(chat())
        alerts = parts.enter_context(alertmanager(directory / "alertmanager", webhook))
        configuration = prometheus_configuration(ports, own, alerts.removeprefix("http://"))
        server = parts.enter_context(prometheus(directory, configuration, listen=own))
        run("promtool", "check", "config", str(directory / "prometheus.yml"))
        run("amtool", "check-config", str(directory / "alertmanager" / "alertmanager.yml"))
        # The workers, Alertmanager and itself.
        await asyncio.to_thread(server.until, "count(up == 1)", len(workers) + 2)
        yield Stack(site, workers, server, Chat(messages))


def checked_in_settings() -> dict[str, Any]:
    """Return the checked-in settings, but for where Kafka is and where metrics are served."""
    settings: dict[str, Any] = yaml.safe_load((DEPLOY / "deskpulse.yaml").read_text("utf-8"))
    return {key: value for key, value in settings.items() if key not in {"kafka", "metrics"}}


async def write_rules(site: Site) -> None:
    """Write the rules of the site's settings, in a hurry, where Prometheus looks for them."""
    directory = site.directory / "rules"
    written = await deskpulse("rules", "--config", site.config, "--output", directory)
    assert written.returncode == 0, written.stderr
    files = sorted(directory.iterdir())
    for file in files:
        rules = hurried(yaml.safe_load(file.read_text("utf-8")))
        file.write_text(yaml.safe_dump(rules, sort_keys=False, allow_unicode=True), "utf-8")
    run("promtool", "check", "rules", *map(str, files))


def prometheus_configuration(workers: Sequence[str], own: str, alerts_to: str) -> dict[str, Any]:
    """Return the checked-in configuration, in a hurry and with other targets."""
    text = (DEPLOY / "prometheus" / "prometheus.yml").read_text("utf-8")
    configuration: dict[str, Any] = hurried(yaml.safe_load(text))
    targets = {JOB: [*workers], "alertmanager": [alerts_to], "prometheus": [own]}
    for job in configuration["scrape_configs"]:
        job.pop("dns_sd_configs", None)
        job["static_configs"] = [{"targets": targets[job["job_name"]]}]
    for receiver in configuration["alerting"]["alertmanagers"]:
        receiver["static_configs"] = [{"targets": [alerts_to]}]
    return configuration
