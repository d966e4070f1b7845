"""One configuration a test: topics and group of its own on the shared broker."""

from pathlib import Path

import pytest
import yaml

from schemas.settings import Settings
from schemas.settings_check import load_settings
from streams.demo.broker import Cluster
from streams.worker import connection, topics
from tests.integration.workers import Worker

PARTITIONS = 4
SESSION = "3s"


class Site:
    """A configuration file, its topics, and workers that use it."""

    def __init__(self, directory: Path, servers: str, prefix: str, group: str) -> None:
        self.directory = directory
        self.config = directory / "deskpulse.yaml"
        self.kafka: dict[str, object] = {
            "bootstrap_servers": servers,
            "group": group,
            "topic_prefix": prefix,
            "partitions": PARTITIONS,
            "session_timeout": SESSION,
            "checkpoint_interval": "200ms",
        }
        self.keys: dict[str, object] = {"metrics": {"listen": "127.0.0.1:0"}}
        self._workers = 0

    def write(self, **keys: object) -> Path:
        """Write the file, with these keys besides those that every test has."""
        self.keys |= keys
        self.config.write_text(yaml.safe_dump({"kafka": self.kafka, **self.keys}), "utf-8")
        return self.config

    @property
    def settings(self) -> Settings:
        """The settings of the file."""
        return load_settings(self.config.read_text("utf-8"), {}, str(self.config))

    @property
    def topics(self) -> topics.Topics:
        """The topics of the settings."""
        return topics.topics(self.settings)

    async def create_topics(self) -> None:
        """Create all topics."""
        await connection.administrate(
            self.settings.kafka, lambda admin: topics.create(admin, self.topics)
        )

    def worker(self, *program: str, **environment: str) -> Worker:
        """Return a worker that is not started yet."""
        self._workers += 1
        log = self.directory / f"worker-{self._workers}.log"
        worker = Worker(self.config, log, environment=environment)
        if program:
            worker.program = program
        return worker


@pytest.fixture
def site(tmp_path: Path, broker: Cluster, topic_prefix: str, group: str) -> Site:
    """A configuration without topics on the shared broker."""
    made = Site(tmp_path, broker.bootstrap_servers, topic_prefix, group)
    made.write()
    return made


@pytest.fixture
async def ready_site(site: Site) -> Site:
    """A configuration with its topics on the shared broker."""
    await site.create_topics()
    return site
