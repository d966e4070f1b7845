"""One configuration a test: topics and group of its own on the shared broker."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from schemas.events import Event
from schemas.settings import Settings
from schemas.settings_check import load_settings
from streams.demo.broker import Cluster
from streams.worker import connection, topics
from tests.conftest import TEST_PROPERTIES
from tests.integration.kafka import message, produce
from tests.integration.secured import SecuredKafka, start
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

    async def send(self, events: list[Event]) -> list[Event]:
        """Send events, keyed rightly, and return them."""
        kafka = self.settings.kafka
        messages = [message(each, kafka.topic_prefix) for each in events]
        await produce(kafka.bootstrap_servers, messages)
        return events

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


@pytest.fixture(scope="session")
def secured_kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SecuredKafka]:
    """A Kafka with users, certificates and access control lists."""
    secured = start(tmp_path_factory.mktemp("secured"), TEST_PROPERTIES)
    with secured.broker:
        yield secured


@pytest.fixture
def secured_site(
    tmp_path: Path, secured_kafka: SecuredKafka, topic_prefix: str, group: str
) -> Site:
    """A configuration for the listener that asks for nothing, without topics."""
    site = Site(tmp_path, secured_kafka.bootstrap_servers, topic_prefix, group)
    site.write()
    return site
