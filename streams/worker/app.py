"""The composition root: builds every part of a worker and hands them to each other."""

import asyncio
import importlib
import logging
import os
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Final, NoReturn

import faust
from aiokafka.errors import KafkaError

from schemas.errors import DeskpulseError
from schemas.registry import TOPICS
from schemas.scalars import SECOND, Milliseconds
from schemas.settings import Settings
from streams.engine.engine import Engine, compiled
from streams.entities.stored import StateError
from streams.exposition.collector import Collector
from streams.exposition.pipeline import Build
from streams.exposition.statistics import Reading, Statistics
from streams.worker import connection, housekeeping, topics
from streams.worker.assignor import assignor
from streams.worker.checkpoint import Destinations
from streams.worker.failure import RESTART, Failure
from streams.worker.fence import Fence
from streams.worker.intake import Guard, Intake, is_jump
from streams.worker.ownership import Ownership, Parts
from streams.worker.positions import Beginnings, beginnings
from streams.worker.recovery import read_changelog
from streams.worker.repartition import Repartition
from streams.worker.transport import SCHEME, Membership, Untouched, Worker, register
from streams.worker.web import Web

RETRY_SECONDS_MAX: Final = 10.0
# A member that is about to join when it is asked to stop may have to wait for the others.
LEAVE_SECONDS: Final = 8.0
STREAM_BUFFER: Final = 16

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Variation:
    """Parts that a test replaces to show what they are good for."""

    fence: type[Fence] = Fence
    intake: type[Intake] = Intake
    guard: Guard = is_jump
    beginnings: Beginnings = beginnings


def run(
    settings: Settings, *, instance: str | None = None, variation: Variation = Variation()
) -> NoReturn:
    """Run a worker until SIGTERM or SIGINT, and end the process.

    Exit code 0: stopped as asked. 1: a restart may help, a supervisor should restart. 2:
    something must be set right first. `instance` makes it a static member of the consumer group.
    """
    try:
        asyncio.run(_Process(settings, instance, variation).run())
    except DeskpulseError as error:
        logger.critical("%s", error)
        _exit(error.exit_code)


class _Process:
    """One worker process: its parts, from start to stop."""

    def __init__(self, settings: Settings, instance: str | None, variation: Variation) -> None:
        self.settings = settings
        self.topics = topics.topics(settings)
        self.client = connection.client_options(settings.kafka)
        self.statistics = Statistics.beginning(
            topic.name for name, topic in self.topics.inputs.items() if name != topics.CUSTOMERS
        )
        self.engine = Engine(settings.policy, live=True)
        self.waiting_for: str | None = "starting"
        self.stopping = asyncio.Event()
        self.variation = variation
        self.app = _app(settings, instance, customers=self.engine.rules.wants_customers)
        self.membership = Membership(self.app)
        self.app.fail = self._fail
        self.ownership = self.app.ownership = self._ownership()
        self.web = self._web()

    async def run(self) -> NoReturn:
        """Serve HTTP, wait until Kafka and the topics are there, work, and end when asked."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.stopping.set)
        host, _, port = self.settings.metrics.listen.rpartition(":")
        await self.web.start(host.strip("[]"), int(port))
        logger.info("Metrics at %s://%s:%d/metrics", self.web.scheme, host, self.web.port)
        keeping = self._duty(self.web.keep_access())
        try:
            if await self._until_stopping(self._wait_for_topics()):
                await self._work()
        finally:
            keeping.cancel()
            await self.web.stop()
        # A thread of Faust that was only starting would be waited for, sometimes for ever.
        _exit(0)

    def _ownership(self) -> Ownership:
        session = self.settings.kafka.session_timeout / SECOND
        inputs = self.topics.inputs
        parts = Parts(
            engine=self.engine,
            inputs=self.membership,
            fence=lambda number: self.variation.fence(
                self.client, f"{self.settings.kafka.group}-{number}"
            ),
            read_changelog=lambda number, partition: read_changelog(
                self.client, self.topics.changelog.name, number, partition
            ),
            clock=now,
            fail=self._fail,
            beginnings=self.variation.beginnings,
        )
        return Ownership(
            parts,
            [topic.name for topic in inputs.values()],
            Destinations(
                changelog=self.topics.changelog.name,
                dead_letters=self.topics.dead_letters.name,
                customers=inputs[topics.CUSTOMERS].name,
                events=inputs[topics.EVENTS].name if topics.EVENTS in inputs else "",
                partitions=self.settings.kafka.partitions,
            ),
            self.statistics,
            session,
        )

    def _web(self) -> Web:
        collector = Collector(
            self.engine.snapshot, self._reading, now, Build(_version(), compiled())
        )
        file = self.settings.metrics.web_config_file
        return Web(
            collector,
            lambda: self.waiting_for or self.ownership.missing,
            now,
            None if file is None else Path(file),
        )

    def _reading(self, at: Milliseconds) -> Reading:
        entities: Counter[str] = Counter()
        for shard in self.ownership.shards:
            entities.update(shard.partition.entities())
        return Reading(
            at,
            self.statistics,
            self.ownership.states(),
            entities,
            self.engine.label_overflows(),
            ready=self.waiting_for is None and self.ownership.missing is None,
        )

    async def _wait_for_topics(self) -> None:
        """Wait until Kafka answers and all topics are there. Raises Failure if that is in vain."""
        pause = 1.0
        while (trouble := await self._trouble()) is not None:
            self.waiting_for = trouble
            logger.warning("%s Trying again in %.0f s.", trouble, pause)
            await asyncio.sleep(pause)
            pause = min(2 * pause, RETRY_SECONDS_MAX)
        self.waiting_for = None

    async def _trouble(self) -> str | None:
        """Return what has to heal before work can begin. Raises Failure for what cannot."""
        names = [topic.name for topic in self.topics]
        try:
            found = await connection.administrate(
                self.settings.kafka, lambda admin: topics.describe(admin, names), self.client
            )
        except Failure as failure:
            if failure.exit_code == RESTART:
                return str(failure)
            raise
        if faults := topics.faults(self.topics, found):
            raise Failure("Topics that cannot be worked with:\n  " + "\n  ".join(faults))
        if missing := topics.missing(self.topics, found):
            absent = ", ".join(missing)
            return f'Topics are missing: {absent}. Create them with "deskpulse topics create".'
        return None

    async def _work(self) -> None:
        self._declare_agents()
        pulse = housekeeping.Pulse(self.settings.kafka.session_timeout / SECOND)
        duties = [
            self._duty(housekeeping.keep_pulse(pulse, self.ownership)),
            self._duty(housekeeping.evict(self.engine, self.ownership, self.statistics, now)),
            self._duty(housekeeping.collect_garbage(self.ownership)),
            self._duty(housekeeping.tell_overflows(self.engine.label_overflows)),
            self._duty(self._watch_topics()),
            self._duty(self._watch_faust()),
        ]
        if await self._until_stopping(self.app.start()):
            await self.stopping.wait()
        logger.info("Stopping: a last checkpoint, then this worker leaves the group")
        for duty in duties:
            duty.cancel()
        self.ownership.give_up_recoveries()
        leaving = asyncio.ensure_future(self.app.stop())
        await asyncio.wait({leaving}, timeout=LEAVE_SECONDS)
        if not leaving.done():
            logger.warning("The group does not let go; it will notice. Nothing is lost.")
            _exit(0)

    def _declare_agents(self) -> None:
        """Declare one Faust agent a topic.

        The modules of `agents` are loaded by name: the one arrow that points upwards. They say
        what a worker does with its batches, and this room must not know it.
        """
        intake = self._intake(self.variation.intake)
        repartitions = topics.EVENTS in self.topics.inputs
        events = self._intake(Repartition) if repartitions else intake
        for name, topic in self.topics.inputs.items():
            agent = importlib.import_module(f"agents.{name}").agent
            function = agent(events if name in TOPICS else intake)
            source = self.app.topic(topic.name, schema=Untouched())
            self.app.agent(source, name=name)(_guarded(function, self._fail))

    def _intake(self, kind: type[Intake]) -> Intake:
        return kind(
            self.ownership,
            self.engine,
            self.statistics,
            now,
            self.membership.seek,
            self._checkpoint,
            self.variation.guard,
        )

    async def _checkpoint(self) -> None:
        await self.app.consumer.commit()

    def _duty(self, work: Coroutine[Any, Any, None]) -> asyncio.Future[None]:
        duty = asyncio.ensure_future(work)
        duty.add_done_callback(self._ended)
        return duty

    async def _watch_topics(self) -> None:
        """End the process when somebody changes the topics in a way that numbers do not survive.

        New partitions take keys away from the old ones; the client tells of them minutes later.
        """
        while True:
            await asyncio.sleep(self.settings.kafka.session_timeout / SECOND)
            if (trouble := await self._trouble()) is not None:
                logger.warning("%s", trouble)

    async def _watch_faust(self) -> None:
        """End the process if Faust crashes. What was not checkpointed is read again."""
        # Faust has no public way to wait for a crash.
        await self.app._crashed.wait()  # noqa: SLF001
        error = self.app.crash_reason or RuntimeError("no reason given")
        self._fail(error)

    async def _until_stopping(self, work: Any) -> bool:
        """Do `work` unless a signal comes first; return whether it was done."""
        doing = asyncio.ensure_future(work)
        stopping = asyncio.ensure_future(self.stopping.wait())
        await asyncio.wait({doing, stopping}, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        if not doing.done():
            doing.cancel()
            return False
        doing.result()
        return True

    def _ended(self, duty: asyncio.Future[None]) -> None:
        if not duty.cancelled() and (error := duty.exception()) is not None:
            self._fail(error)

    def _fail(self, error: BaseException) -> NoReturn:
        """End the process at once: nothing is written any more, the successor recovers."""
        if isinstance(error, KafkaError):
            error = connection.failure(error, self.settings.kafka)
        if isinstance(error, StateError):
            error = Failure(f"The stored state cannot be read: {error}")
        if isinstance(error, Failure):
            logger.critical("%s", error)
            code = error.exit_code
        else:
            logger.critical(
                "The worker ends; a restart goes on from the last checkpoint", exc_info=error
            )
            code = RESTART
        _exit(code)


def _exit(code: int) -> NoReturn:
    """End the process at once, whatever threads and tasks there are."""
    logging.shutdown()
    sys.stderr.flush()
    os._exit(code)


def now() -> Milliseconds:
    """Return the wall clock."""
    return Milliseconds(time.time_ns() // 1_000_000)


def _app(settings: Settings, instance: str | None, *, customers: bool) -> Worker:
    register()
    kafka = settings.kafka
    app = Worker(
        kafka.group,
        # The clients get their options from us; Faust wants an address for its own log.
        broker=f"{SCHEME}://{kafka.bootstrap_servers.split(',')[0]}",
        web_enabled=False,
        topic_disable_leader=True,
        topic_allow_declare=False,
        table_standby_replicas=0,
        # Messages are whole batches here: a few of them are plenty of read-ahead.
        stream_buffer_maxsize=STREAM_BUFFER,
        broker_commit_interval=kafka.checkpoint_interval / SECOND,
        broker_session_timeout=kafka.session_timeout / SECOND,
        broker_request_timeout=2 * kafka.session_timeout / SECOND + 10,
    )
    app.consumer_options = connection.consumer_options(
        kafka, instance, assignor(settings, customers=customers)
    )
    return app


def _guarded(function: Any, fail: Callable[[BaseException], object]) -> Any:
    """Return `function`, ending the process where Faust would go on behind the failed batch."""

    async def guarded(stream: faust.StreamT[Any]) -> None:
        try:
            await function(stream)
        except Exception as error:  # noqa: BLE001 (the agents' boundary)
            fail(error)

    return guarded


def _version() -> str:
    try:
        return version("deskpulse")
    except PackageNotFoundError:
        return "unknown"
