"""Exact on a real broker: workers killed and stopped, the broker restarted, every series right.

DESKPULSE_FAULTS=n asks for n faults, DESKPULSE_FAULT_SEED=n repeats a run's choices.
"""

import asyncio
import os
import signal
from collections.abc import Sequence
from pathlib import Path
from random import Random, SystemRandom
from typing import Final

import pytest
from aiokafka import AIOKafkaProducer

from streams.demo.broker import Broker
from tests.integration.comparison import differences, worked_out
from tests.integration.conftest import PARTITIONS, Site
from tests.integration.events import now
from tests.integration.invented import POLICY, histories
from tests.integration.kafka import Message, message
from tests.integration.workers import Worker, settled

FAULTS: Final = int(os.environ.get("DESKPULSE_FAULTS", "20"))
SEED: Final = int(os.environ.get("DESKPULSE_FAULT_SEED", SystemRandom().randrange(10**6)))
TICKETS: Final = 200
SESSION_SECONDS: Final = 3.0


class Feeder:
    """Sends messages little by little, each in its turn, until it is told to send the rest."""

    def __init__(self, servers: str, messages: Sequence[Message], seconds: float) -> None:
        self._servers = servers
        self._messages = messages
        self._at_once = max(1, round(len(messages) / (seconds / 0.1)))
        self.hurry = asyncio.Event()

    async def run(self) -> None:
        """Send everything."""
        async with AIOKafkaProducer(
            bootstrap_servers=self._servers, enable_idempotence=True
        ) as producer:
            sent = []
            for number, one in enumerate(self._messages, 1):
                sent.append(await producer.send(one.topic, key=one.key, value=one.value))
                if number % self._at_once == 0 and not self.hurry.is_set():
                    await asyncio.sleep(0.1)
            for acknowledgement in sent:
                await acknowledgement


class Chaos:
    """Does to the workers and the broker what must not matter."""

    def __init__(self, random: Random, workers: Sequence[Worker], broker: Broker) -> None:
        self.random = random
        self.workers = workers
        self.broker = broker
        self.done: list[str] = []

    async def run(self, faults: int) -> None:
        """Plant so many faults, one after the other; the broker is restarted in the middle."""
        for number in range(faults):
            if number == faults // 2:
                await self.restart_broker()
            else:
                worker = self.random.choice(self.workers)
                await self.random.choice((self.kill, self.kill, self.stop, self.terminate))(worker)
            await asyncio.sleep(self.random.uniform(0.0, 2.0))

    async def kill(self, worker: Worker) -> None:
        """SIGKILL, and a new process a little later."""
        self.done.append("kill")
        await worker.kill()
        await asyncio.sleep(self.random.choice((0.0, 0.0, SESSION_SECONDS + 1)))
        await worker.start()

    async def stop(self, worker: Worker) -> None:
        """SIGSTOP past the session time-out, SIGCONT; sometimes the other one dies meanwhile."""
        self.done.append("stop")
        worker.send(signal.SIGSTOP)
        await asyncio.sleep(SESSION_SECONDS + self.random.uniform(0.5, 2.5))
        worker.send(signal.SIGCONT)
        if self.random.randrange(2):
            await self.kill(next(other for other in self.workers if other is not worker))

    async def terminate(self, worker: Worker) -> None:
        """SIGTERM, and a new process."""
        self.done.append("terminate")
        await worker.stop()
        await worker.start()

    async def restart_broker(self) -> None:
        """Take Kafka away for a few seconds."""
        self.done.append("broker")
        restart = self.random.choice((self.broker.restart, self._crash_broker))
        await asyncio.to_thread(restart)

    def _crash_broker(self) -> None:
        self.broker.kill()
        self.broker.restart()

    async def supervise(self) -> None:
        """Start workers again that end by themselves and ask for it."""
        while True:
            await asyncio.sleep(0.5)
            for worker in self.workers:
                if worker.process is not None and worker.process.returncode == 1:
                    self.done.append("restarted")
                    await worker.start()


@pytest.fixture
async def own_site(tmp_path: Path, own_broker: Broker, topic_prefix: str, group: str) -> Site:
    """A configuration with topics on a broker of its own."""
    site = Site(tmp_path, own_broker.bootstrap_servers, topic_prefix, group)
    site.write(**POLICY)
    await site.create_topics()
    return site


@pytest.mark.slow
async def test_numbers_are_exact_whatever_happens(own_site: Site, own_broker: Broker) -> None:
    """Two workers, random faults, events shuffled and doubled: the sum is the oracle's."""
    print(f"DESKPULSE_FAULT_SEED={SEED}")  # noqa: T201 (pytest shows it if the test fails)
    random = Random(SEED)
    events = [each for story in histories(random, now(), TICKETS) for each in story]
    settings = own_site.settings
    messages = [message(each, settings.kafka.topic_prefix) for each in events]
    messages += random.choices(messages, k=len(messages) // 5)
    random.shuffle(messages)
    feeder = Feeder(own_broker.bootstrap_servers, messages, seconds=1.0 + 4.0 * FAULTS)
    async with own_site.worker() as first, own_site.worker() as second:
        workers = [first, second]
        chaos = Chaos(random, workers, own_broker)
        feeding = asyncio.ensure_future(feeder.run())
        supervising = asyncio.ensure_future(chaos.supervise())
        await chaos.run(FAULTS)
        feeder.hurry.set()
        await feeding
        await settled(workers, PARTITIONS)
        supervising.cancel()
        print(len(events), "events;", ", ".join(chaos.done))  # noqa: T201
        assert await differences(workers, events, settings.policy, PARTITIONS) == {}
        assert len(worked_out(events, settings.policy, now())) > 1000
