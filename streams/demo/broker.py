"""The real Apache Kafka as a child process, broker and controller in one."""

import base64
import contextlib
import random
import secrets
import socket
import struct
import subprocess
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Final, Protocol, Self

from streams.demo.guard import Guard
from streams.demo.kafka_distribution import BrokerError, Progress, jars, java

GIVEN: Final = "DESKPULSE_KAFKA_BOOTSTRAP_SERVERS"
HOST: Final = "127.0.0.1"
# Below the ports that systems hand out to outgoing connections: a client that tries again and
# again while the broker is down would else sooner or later be given the broker's own port.
PORTS: Final = range(20_000, 32_000)
START_TIMEOUT: Final = 60.0  # seconds; 3 to 6 on two busy cores
STOP_TIMEOUT: Final = 20.0  # seconds; usually half a second
LAST_LINES: Final = 12

# Metadata, version 4, correlation 1, no client id, no topics, no creation of topics.
METADATA_REQUEST: Final = struct.pack(">ihhihi?", 15, 3, 4, 1, -1, 0, False)

SCRAM: Final = ("SCRAM-SHA-256", "SCRAM-SHA-512")


class Cluster(Protocol):
    """A Kafka that can be reached without credentials."""

    @property
    def bootstrap_servers(self) -> str:
        """Return `host:port` of one or more brokers, with commas between."""


@dataclass(frozen=True)
class GivenCluster:
    """A Kafka that somebody else runs."""

    bootstrap_servers: str


def given_cluster(environment: Mapping[str, str]) -> GivenCluster | None:
    """Return the cluster that the environment names in place of the embedded one, if it does."""
    servers = environment.get(GIVEN, "")
    return GivenCluster(servers) if servers else None


@dataclass(frozen=True)
class Ports:
    """The ports of the broker's listeners; `further` by the names of those that were asked for."""

    plain: int
    controller: int
    further: Mapping[str, int] = field(default_factory=dict)


@dataclass(kw_only=True)
class Broker:
    """One running broker. Call `Broker.start`; leave the `with` block or call `stop` to end it.

    Not safe for concurrent calls. Its calls block: from asyncio use `asyncio.to_thread`.
    """

    directory: Path
    ports: Ports
    _command: list[str]
    _process: subprocess.Popen[bytes] | None = field(default=None, repr=False)
    _guard: Guard | None = field(default=None, repr=False)

    @classmethod
    def start(
        cls,
        directory: Path,
        *,
        on_progress: Progress = lambda _: None,
        listeners: Mapping[str, str] | None = None,
        users: Mapping[str, str] | None = None,
        heap: str = "512m",
        c1_only: bool = True,
        properties: Mapping[str, str] | None = None,
    ) -> Self:
        """Format `directory` if new, start a broker on free ports, and wait until it answers.

        `listeners` are further ones: name -> Kafka's security protocol. `users` can log in by
        SCRAM: name -> password. `properties` overrides lines of server.properties. `c1_only`
        makes the start cheap and the broker slower: switch it off for benchmarks. The first start
        on a machine downloads Kafka and says so by `on_progress`. Raises `BrokerError`.
        """
        directory.mkdir(parents=True, exist_ok=True)
        classpath = ":".join(map(str, jars(on_progress=on_progress)))
        quick = ["-XX:TieredStopAtLevel=1"] if c1_only else []
        options = [
            *quick,
            "-XX:+UseSerialGC",
            "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
            "-Dorg.slf4j.simpleLogger.showDateTime=true",
            "--sun-misc-unsafe-memory-access=allow",  # Kafka's libraries use it, Java 25 warns
            "--enable-native-access=ALL-UNNAMED",
        ]
        run = [str(java()), *options, "-cp", classpath]
        listeners = listeners or {}
        plain, controller, *further = free_ports(2 + len(listeners))
        ports = Ports(plain, controller, dict(zip(listeners, further, strict=True)))
        (directory / "server.properties").write_text(
            server_properties(ports, listeners, properties or {}), encoding="utf-8"
        )
        if not (directory / "data" / "meta.properties").exists():
            on_progress("Formatting the broker's storage")
            _format(run, directory, users or {})
        broker = cls(
            directory=directory,
            ports=ports,
            _command=[*run[:1], f"-Xmx{heap}", *run[1:], "kafka.Kafka", "server.properties"],
        )
        on_progress(f"Starting the broker on {broker.bootstrap_servers}")
        broker._launch()
        return broker

    @property
    def bootstrap_servers(self) -> str:
        """Return the address of the listener without credentials; it outlives restarts."""
        return f"{HOST}:{self.ports.plain}"

    def servers(self, listener: str) -> str:
        """Return the address of a further listener."""
        return f"{HOST}:{self.ports.further[listener]}"

    @property
    def pid(self) -> int | None:
        """Return the process id, or None if the broker does not run."""
        alive = self._process is not None and self._process.poll() is None
        return self._process.pid if self._process is not None and alive else None

    def stop(self) -> None:
        """End the broker by SIGTERM, after `STOP_TIMEOUT` seconds by SIGKILL; reap it."""
        if self._process is not None:
            self._process.terminate()
            try:
                self._process.wait(STOP_TIMEOUT)
            except subprocess.TimeoutExpired:
                self._process.kill()
        self._reap()

    def kill(self) -> None:
        """End the broker by SIGKILL, as a crash would; reap it."""
        if self._process is not None:
            self._process.kill()
        self._reap()

    def restart(self) -> None:
        """Start again on the same ports and data, after `stop` or `kill` or while it runs."""
        self.stop()
        self._launch()

    def last_lines(self) -> str:
        """Return the end of the broker's log."""
        log = self.directory / "broker.log"
        return _end(log.read_text(encoding="utf-8", errors="replace")) if log.exists() else ""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def _launch(self) -> None:
        with (self.directory / "broker.log").open("ab") as log:
            # A session of its own: Ctrl-C in the terminal reaches the workers first, not Kafka.
            self._process = subprocess.Popen(
                self._command,
                cwd=self.directory,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._guard = Guard(self._process)
        try:
            self._wait_until_ready()
        except BaseException:
            self.kill()
            raise

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + START_TIMEOUT
        while not answers(HOST, self.ports.plain):
            if self.pid is None:
                reason = "died while starting"
            elif time.monotonic() > deadline:
                reason = f"did not answer within {START_TIMEOUT:.0f} s"
            else:
                time.sleep(0.05)
                continue
            lines = self.last_lines()
            if "Address already in use" in lines or "BindException" in lines:
                reason = f"found one of its ports busy ({self.ports})"
            message = f"The embedded broker {reason}. End of its log:\n{lines}"
            raise BrokerError(message)

    def _reap(self) -> None:
        if self._guard is not None:
            self._guard.release()
            self._guard = None
        if self._process is not None:
            self._process.wait()
            self._process = None


def free_ports(count: int) -> list[int]:
    """Return ports that nobody listens on now. Raises `BrokerError` if there are too few."""
    found: list[int] = []
    for port in random.SystemRandom().sample(PORTS, len(PORTS)):
        with contextlib.suppress(OSError), socket.socket() as candidate:
            candidate.bind((HOST, port))
            found.append(port)
        if len(found) == count:
            return found
    message = f"No free ports between {PORTS[0]} and {PORTS[-1]} for the embedded broker."
    raise BrokerError(message)


def server_properties(
    ports: Ports, listeners: Mapping[str, str], properties: Mapping[str, str]
) -> str:
    """Return the broker's configuration: one node, KRaft, replication 1."""
    places = {"PLAINTEXT": ports.plain, **ports.further}
    protocols = {"CONTROLLER": "PLAINTEXT", "PLAINTEXT": "PLAINTEXT", **listeners}
    advertised = ",".join(f"{name}://{HOST}:{port}" for name, port in places.items())
    lines = {
        "process.roles": "broker,controller",
        "node.id": "1",
        "controller.quorum.voters": f"1@{HOST}:{ports.controller}",
        "listeners": f"{advertised},CONTROLLER://{HOST}:{ports.controller}",
        "advertised.listeners": advertised,
        "inter.broker.listener.name": "PLAINTEXT",
        "controller.listener.names": "CONTROLLER",
        "listener.security.protocol.map": ",".join(map(":".join, protocols.items())),
        "log.dirs": "data",
        "auto.create.topics.enable": "false",  # a misspelt name shall fail
        # With more than one replica the internal topics would never come to be on one node;
        # with few partitions the first group and the first transaction are quick.
        "offsets.topic.replication.factor": "1",
        "offsets.topic.num.partitions": "1",
        "transaction.state.log.replication.factor": "1",
        "transaction.state.log.min.isr": "1",
        "transaction.state.log.num.partitions": "1",
        "share.coordinator.state.topic.replication.factor": "1",
        "share.coordinator.state.topic.min.isr": "1",
        "group.initial.rebalance.delay.ms": "0",  # saves 3 s at the first member
        # A killed broker may come back only when its old session has ended: 9 s by default.
        "broker.session.timeout.ms": "2000",
        "broker.heartbeat.interval.ms": "500",
        **properties,
    }
    return "".join(f"{key}={value}\n" for key, value in lines.items())


def answers(host: str, port: int) -> bool:
    """Return whether a broker answers a metadata request and has itself joined the cluster."""
    try:
        with socket.create_connection((host, port), timeout=2) as connection:
            connection.sendall(METADATA_REQUEST)
            with connection.makefile("rb") as reply:
                # size, correlation, throttle time, number of brokers
                header = struct.unpack(">iiii", reply.read(16))
    except (OSError, struct.error):
        return False
    return bool(header[3] > 0)


def _format(run: list[str], directory: Path, users: Mapping[str, str]) -> None:
    scram = [
        option
        for name, password in users.items()
        for mechanism in SCRAM
        for option in ("--add-scram", f"{mechanism}=[name={name},password={password}]")
    ]
    command = [*run, "kafka.tools.StorageTool", "format", "-t", _cluster_id()]
    formatted = subprocess.run(
        [*command, "-c", "server.properties", *scram],
        cwd=directory,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if formatted.returncode != 0:
        output = _end(formatted.stdout + formatted.stderr)
        message = f"The embedded broker's storage in {directory} cannot be formatted:\n{output}"
        raise BrokerError(message)


def _cluster_id() -> str:
    """Return a random id as Kafka writes them; one that begins with - would read as an option."""
    while True:
        identity = uuid.UUID(bytes=secrets.token_bytes(16), version=4).bytes
        text = base64.urlsafe_b64encode(identity).decode().rstrip("=")
        if not text.startswith("-"):
            return text


def _end(output: str) -> str:
    """Return the last lines of a Java program's output without the places in stack traces."""
    told = [line for line in output.splitlines() if not line.startswith("\tat ")]
    return "\n".join(told[-LAST_LINES:])
