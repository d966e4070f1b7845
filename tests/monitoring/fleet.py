"""The workers of one group without Kafka, and what each would show on /metrics at an instant.

They share the partitions, take records as they arrive, and pass on what tickets say about
customers, as workers do. What they count is counted. What only Kafka could tell comes from a
seed: how long records travel, and how long checkpoints, recoveries and pages take.
"""

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from itertools import cycle, takewhile
from operator import attrgetter
from random import Random
from typing import Final

from schemas.decode import admit, decode
from schemas.events import Event
from schemas.rejected import Rejected
from schemas.scalars import MINUTE, SECOND, Milliseconds
from schemas.settings import Settings
from streams.engine.engine import Engine, Snapshot
from streams.engine.partition import Partition, Said
from streams.exposition.pipeline import Build
from streams.exposition.statistics import PartitionState, Reading, Statistics
from streams.worker.customer_stage import partition_of
from streams.worker.topics import CUSTOMERS, topics
from tests.monitoring.deliveries import Delivery

BUILD: Final = Build("0.1.0", compiled=False)
Place = tuple[str, int]


class Member:
    """One worker."""

    def __init__(self, settings: Settings, numbers: Iterable[int], now: int, seed: int) -> None:
        self.random = Random(seed)
        self.engine = Engine(settings.policy, live=True)
        self.partitions: dict[int, Partition] = {}
        for number in numbers:
            self.partitions[number] = self.engine.open(number)
            self.engine.serve(number, now)
        inputs = topics(settings).inputs
        self._topics = [topic.name for topic in inputs.values()]
        self._statistics = Statistics.beginning(
            topic.name for name, topic in inputs.items() if name != CUSTOMERS
        )
        self._statistics.rebalances = 1
        self._statistics.recovery_seconds = self.random.uniform(0.2, 0.9)
        self._last_event: dict[Place, Milliseconds] = {}

    def take(self, place: Place, arrived: Sequence[Delivery], now: int) -> None:
        """Take what has arrived in one partition of one topic."""
        counted = self._statistics
        events: list[Event] = []
        for delivery in arrived:
            event = self._admitted(delivery)
            if isinstance(event, Rejected):
                counted.events[place[0], "rejected"] += 1
                counted.rejected[event.reason] += 1
            else:
                events.append(event)
                counted.event_to_metric.observe((delivery.arrival - delivery.sent) / SECOND)
                counted.checkpoint.observe(self.random.lognormvariate(-3.6, 0.5))
        done = self.partitions[place[1]].apply(events, now)
        self.engine.flush_if_full()
        counted.events[place[0], "applied"] += done.applied
        counted.events[place[0], "duplicate"] += done.duplicate
        counted.late += done.late
        latest = [event.time for event in events]
        if place in self._last_event:
            latest.append(self._last_event[place])
        if latest:
            self._last_event[place] = max(latest)

    def outbox(self) -> list[Said]:
        """Return what tickets here have come to say about customers."""
        return [said for partition in self.partitions.values() for said in partition.outbox()]

    def snapshot(self, at: int) -> Snapshot:
        """Return the KPIs at an instant."""
        return self.engine.snapshot(at)

    def reading(self, at: int, lag: Counter[Place]) -> Reading:
        """Return what the worker says about itself, while so many records have not arrived."""
        entities: Counter[str] = Counter()
        for partition in self.partitions.values():
            entities.update(partition.entities())
        self._statistics.checkpoint_succeeded = Milliseconds(at - self.random.randrange(SECOND))
        places = [(topic, number) for topic in self._topics for number in self.partitions]
        return Reading(
            Milliseconds(at),
            self._statistics,
            [
                PartitionState(*p, True, lag[p], self._last_event.get(p), Milliseconds(at))
                for p in places
            ],
            entities,
            self.engine.label_overflows(),
            ready=True,
        )

    def page_seconds(self) -> float:
        """Return how long a page took."""
        return self.random.lognormvariate(-1.6, 0.15)

    def _admitted(self, delivery: Delivery) -> Event | Rejected:
        event = decode(delivery.record.value)
        if isinstance(event, Rejected):
            return event
        now = Milliseconds(delivery.arrival)
        return admit(event, now=now, policy=self.engine.policy) or event


class Fleet:
    """Workers that share all partitions, at an instant that moves on."""

    def __init__(
        self, settings: Settings, names: Sequence[str], arriving: Sequence[Delivery], seed: int
    ) -> None:
        self._partitions = settings.kafka.partitions
        self._arriving = arriving
        self._arrived = 0
        now = arriving[0].sent
        shares: dict[str, list[int]] = {name: [] for name in names}
        for number, name in zip(range(self._partitions), cycle(names), strict=False):
            shares[name].append(number)
        self.members = {
            name: Member(settings, numbers, now, seed + place)
            for place, (name, numbers) in enumerate(shares.items())
        }
        self._homes = {
            number: self.members[name] for name, numbers in shares.items() for number in numbers
        }

    def advance(self, now: int) -> Counter[Place]:
        """Let the workers take what arrives until `now`; return how much is still under way."""
        end = bisect_right(self._arriving, now, self._arrived, key=attrgetter("arrival"))
        taken: dict[Place, list[Delivery]] = defaultdict(list)
        for delivery in self._arriving[self._arrived : end]:
            taken[self._place(delivery)].append(delivery)
        for place, arrived in taken.items():
            self._homes[place[1]].take(place, arrived, now)
        self.pass_on(now)
        self._arrived = end
        coming = takewhile(lambda one: one.arrival < now + MINUTE, self._arriving[end:])
        return Counter(self._place(delivery) for delivery in coming if delivery.sent <= now)

    def pass_on(self, now: int) -> None:
        """Let the workers hear what tickets say about their customers."""
        said_of: dict[int, list[Said]] = defaultdict(list)
        for member in self.members.values():
            for said in member.outbox():
                said_of[partition_of(said.customer.encode(), self._partitions)].append(said)
        for number, news in said_of.items():
            self._homes[number].partitions[number].accept(news, now)

    def _place(self, delivery: Delivery) -> Place:
        return delivery.record.topic, partition_of(delivery.record.key, self._partitions)
