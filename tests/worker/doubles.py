"""Stand-ins for Kafka, so that the protocol can be tested step by step."""

import asyncio
from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import orjson
from aiokafka import TopicPartition

from schemas.policy import Policy
from schemas.scalars import Milliseconds
from streams.engine.engine import Engine
from streams.engine.partition import Partition
from streams.exposition.statistics import Statistics
from streams.worker import positions
from streams.worker.checkpoint import Destinations
from streams.worker.fence import Fence, Fenced, Row
from streams.worker.inputs import Standing
from streams.worker.ownership import Ownership, Parts
from streams.worker.positions import Covered

NOW = Milliseconds(1_795_000_000_000)
FAR = 1 << 40  # the end of an input whose end does not matter
TICKETS = "helpdesk.tickets"
SURVEYS = "helpdesk.surveys"
CUSTOMERS = "helpdesk.deskpulse-customers"
TO = Destinations(
    changelog="helpdesk.deskpulse-changelog",
    dead_letters="helpdesk.dead-letters",
    customers=CUSTOMERS,
    events="helpdesk.deskpulse-events",
    partitions=4,
)


@dataclass
class Log:
    """What a broker would keep: records by topic and partition, and committed offsets."""

    records: dict[TopicPartition, list[Row]] = field(default_factory=dict)
    committed: dict[TopicPartition, int] = field(default_factory=dict)
    holder: dict[int, object] = field(default_factory=dict)

    def read(self, topic: str, partition: int) -> list[Row]:
        """Return the records of a partition."""
        return self.records.get(TopicPartition(topic, partition), [])


class FalseFence(Fence):
    """A fence over a Log. `refuse` is raised by writes, `gate` holds them up."""

    def __init__(self, log: Log, number: int) -> None:
        self.number = number
        self.log = log
        self.refuse: Exception | None = None
        self.gate: asyncio.Event | None = None
        self.writing = False
        self.stopped = False

    async def start(self) -> None:
        """Fence whoever held the shard."""
        self.log.holder[self.number] = self

    async def write(self, rows: Mapping[TopicPartition, Sequence[Row]]) -> None:
        """Append rows, if nobody has taken the shard over."""
        self.writing = True
        if self.gate is not None:
            await self.gate.wait()
        if self.refuse is not None:
            raise self.refuse
        if self.log.holder[self.number] is not self:
            raise Fenced
        for target, records in rows.items():
            self.log.records.setdefault(target, []).extend(records)

    async def stop(self) -> None:
        """Remember that it was let go."""
        self.stopped = True


class FalseInputs:
    """A membership over a Log that notes what it is asked for."""

    def __init__(self, log: Log) -> None:
        self.log = log
        self.opened: set[TopicPartition] = set()
        self.sought: list[dict[TopicPartition, int]] = []
        self.current = True
        self.ends: dict[TopicPartition, int] = {}

    async def standing(
        self, partitions: Sequence[TopicPartition]
    ) -> dict[TopicPartition, Standing]:
        """Return the committed offsets, and inputs that hold all from 0 on."""
        committed = self.log.committed
        return {
            source: Standing(committed.get(source), 0, self.ends.get(source, FAR))
            for source in partitions
        }

    async def seek(self, offsets: dict[TopicPartition, int]) -> None:
        """Note where reading goes on."""
        self.sought.append(offsets)

    async def commit(self, offsets: dict[TopicPartition, int]) -> bool:
        """Commit, unless the membership is a thing of the past."""
        if self.current:
            self.log.committed |= offsets
        return self.current

    def open(self, partitions: Iterable[TopicPartition]) -> None:
        """Note that records may pass."""
        self.opened |= set(partitions)

    def close(self, partitions: Iterable[TopicPartition]) -> None:
        """Note that records are held back."""
        self.opened -= set(partitions)

    def end(self, source: TopicPartition) -> int | None:
        """Return the end, if one was set."""
        return self.ends.get(source)

    def last_fetch(self, source: TopicPartition) -> Milliseconds | None:
        """Return that nothing was fetched yet."""
        return None


class World:
    """A worker's ownership over a Log that it may share with other workers."""

    def __init__(self, log: Log | None = None, session_seconds: float = 0.0) -> None:
        self.log = log or Log()
        self.engine = Engine(Policy(), live=True)
        self.inputs = FalseInputs(self.log)
        self.statistics = Statistics()
        self.failures: list[BaseException] = []
        self.fences: list[FalseFence] = []
        self._session_seconds = session_seconds
        self.ownership = self.with_reader(self._read)

    def with_reader(
        self, read_changelog: Callable[[int, Partition], Coroutine[Any, Any, Covered]]
    ) -> Ownership:
        """Return an ownership that reads its changelog like this."""
        parts = Parts(
            engine=self.engine,
            inputs=self.inputs,
            fence=self._fence,
            read_changelog=read_changelog,
            clock=lambda: NOW,
            fail=self.failures.append,
        )
        topics = [TICKETS, SURVEYS, CUSTOMERS]
        return Ownership(parts, topics, TO, self.statistics, self._session_seconds)

    def _fence(self, number: int) -> FalseFence:
        self.fences.append(FalseFence(self.log, number))
        return self.fences[-1]

    async def _read(self, number: int, partition: Partition) -> Covered:
        covered = Covered()
        for row in self.log.read(TO.changelog, number):
            assert row.key is not None
            if row.key == positions.KEY:
                covered = positions.decode(row.value or b"")
            else:
                partition.recover(row.key, row.value)
        return covered


@dataclass
class Record:
    """A record of Kafka."""

    offset: int
    value: bytes | None
    key: bytes | None = b"T1"
    topic: str = TICKETS
    partition: int = 0
    headers: Sequence[tuple[str, bytes]] = ()


def event(number: int, subject: str = "T1", type_: str = "ticket.created", **data: Any) -> bytes:
    """Return an event as it would be recorded, a second later than the one before."""
    seconds = NOW // 1000 - 3600 + number
    return orjson.dumps(
        {
            "specversion": "1.0",
            "id": f"e{number}",
            "source": "/test",
            "type": f"helpdesk.{type_}",
            "time": _rfc3339(seconds),
            "subject": subject,
            "data": data,
        }
    )


def records(*numbers: int) -> list[Record]:
    """Return messages to a ticket at these offsets, the first of all being its creation."""
    return [
        Record(number, event(number) if number == 0 else message(number)) for number in numbers
    ]


def message(number: int) -> bytes:
    """Return a customer's message."""
    return event(number, type_="ticket.message", author="customer")


async def until(condition: Callable[[], bool]) -> None:
    """Wait until `condition` holds; the test's own time-out bounds it."""
    async with asyncio.timeout(5):
        while not condition():
            await asyncio.sleep(0)


def _rfc3339(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat()
