"""The demo on a Kafka that runs: workers, a helpdesk that lives fast, and a judge.

One beat a second: (1) send the events that are due, (2) wait until they are acknowledged, (3) read
all workers' numbers at one instant a little later. Nothing is sent in between, so (3) shows what
exactly the events sent so far say at that instant, and so must a batch evaluation of them.
"""

import asyncio
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import aiohttp

from schemas.errors import DeskpulseError
from schemas.scalars import MINUTE, SECOND
from schemas.settings_check import load_settings
from streams.demo import scenario
from streams.demo.board import SHOWN, Point
from streams.demo.helpdesk import Simulated, simulate
from streams.demo.history import History, past
from streams.demo.judge import Exhibit, Judge
from streams.demo.metrics import Reading
from streams.demo.processes import HOST, WorkerProcess, free_port
from streams.demo.reference import reference
from streams.demo.staff import QUEUES
from streams.demo.transcript import Transcript
from streams.demo.view import WINDOWS, Mark, Verdict, View, WorkerView
from streams.demo.words import status_line
from streams.demo.workers import ANSWER_SECONDS, Crew, Round
from streams.worker import connection, topics
from streams.worker.producer import Producer

WORKERS: Final = 2
# Not the workers' usual port: somebody else's must not take the place of one that was killed.
METRICS_PORT: Final = 29_877
BEAT: Final = SECOND
# From the last acknowledgement to the instant that is shown, in which workers apply the events.
SETTLING: Final = 300
SETTLING_MAX: Final = 10 * SECOND
HISTORY: Final = 30 * MINUTE
HISTORY_STEP: Final = 5 * SECOND
DIFFERENCES_TOLD: Final = 5


class DemoError(DeskpulseError):
    """The demo cannot go on."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message, hint, exit_code=1)


@dataclass(frozen=True)
class Cluster:
    """The Kafka of the demo; `own`: started for it and ended with it."""

    servers: str
    prefix: str
    own: bool


class Show:
    """What runs and what is shown. `view`, `kill` and `start` may be called from any thread."""

    queues = tuple(QUEUES)

    def __init__(self, directory: Path, cluster: Cluster, transcript: Transcript) -> None:
        self._cluster = cluster
        self._transcript = transcript
        self._say = transcript.say
        self._plan = scenario.plan(now())
        self._events = simulate(self._plan)
        self._next = next(self._events, None)
        self._lines: list[bytes] = []
        self._history = History(WINDOWS, length=HISTORY, step=HISTORY_STEP)
        self._marks: tuple[Mark, ...] = ()
        self._past: asyncio.Task[dict[str, list[tuple[int, Point]]]] | None = None
        self.complete = asyncio.Event()
        self._missing_since: int | None = None
        self._dead: set[str] = set()
        self._told: bool | None = None
        self._curious_since: int | None = None
        processes = []
        for number in range(1, WORKERS + 1):
            listen = f"{HOST}:{free_port(METRICS_PORT + number - 1)}"
            config = directory / f"worker-{number}.yaml"
            config.write_text(
                scenario.configuration(
                    bootstrap_servers=cluster.servers, prefix=cluster.prefix, listen=listen
                )
            )
            processes.append(
                WorkerProcess(
                    name=f"worker {number}",
                    address=f"http://{listen}",
                    config=config,
                    log=directory / f"worker-{number}.log",
                )
            )
        self.settings = load_settings(config.read_text(), {}, config.name)
        self.crew = Crew(processes)
        self.judge = Judge(reference(), config, self.settings.policy, self._judged)
        self._round = Round(now(), [None] * WORKERS)
        self._view = View(
            now=now(),
            clock=scenario.BEGINNING,
            reading=None,
            missing=scenario.PARTITIONS,
            workers=self.crew.views(self._round),
            reference=self.judge.reference.description,
            verdict=None,
        )

    @property
    def addresses(self) -> list[str]:
        """Where the workers show their metrics."""
        return [process.address for process in self.crew.processes.values()]

    def view(self) -> View:
        """Return what the page shows now."""
        moment = now()
        return replace(self._view, now=moment, clock=scenario.clock(self._plan, moment))

    def kill(self, worker: str) -> None:
        """End a worker by SIGKILL."""
        self.crew.processes[worker].kill()
        self._marks = (*self._marks, Mark(now(), f"{worker} killed"))
        self._changed(worker, "killed")

    def start(self, worker: str) -> None:
        """Start a worker again."""
        self.crew.processes[worker].start()
        self._changed(worker, "started")

    def kill_one(self) -> None:
        """Kill the worker that has most to lose."""
        victim = self.crew.fullest(self._round)
        if victim is not None:
            self.kill(victim.name)

    def start_all(self) -> None:
        """Start every worker that does not run."""
        for process in self.crew.processes.values():
            if not process.alive:
                self.start(process.name)

    async def play(self) -> None:
        """Set everything up, then beat until cancelled; whatever happens, the workers end."""
        kafka = self.settings.kafka
        client = connection.client_options(kafka)
        async with AsyncExitStack() as stack:
            created = await connection.administrate(
                kafka, lambda admin: topics.create(admin, topics.topics(self.settings))
            )
            self._say("topics", f"{len(created)} created, {kafka.partitions} partitions each")
            if not self._cluster.own:
                stack.push_async_callback(self._delete_topics)
            stack.push_async_callback(self._end_workers)
            for process in self.crew.processes.values():
                process.start()
            producer = await stack.enter_async_context(Producer(client, kafka.topic_prefix))
            await self._begin(producer)
            session = await stack.enter_async_context(
                aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(ANSWER_SECONDS))
            )
            stack.push_async_callback(self.judge.close)
            while True:
                begin = now()
                await self._beat(producer, session)
                await asyncio.sleep(max(0, begin + BEAT - now()) / SECOND)

    def last_lines(self) -> str:
        """Return the end of the workers' logs."""
        logs = (f"{name}:\n{one.last_lines()}" for name, one in self.crew.processes.items())
        return "\n".join(logs)

    def summary(self) -> str:
        """Return how it went, in a line."""
        checks = f"{self.judge.checks - self.judge.unequal} of {self.judge.checks} checks"
        return f"{len(self._lines)} events; equal to the batch evaluation in {checks}"

    async def _begin(self, producer: Producer) -> None:
        """Send what happened before the demo, and work out what the charts would have shown."""
        moment = now()
        events = self._due(moment)
        await self._send(producer, events)
        self._say("helpdesk", f"{len(events)} events of the last days sent; live from now on")
        instants = range(moment - HISTORY, moment, MINUTE)
        policy = self.settings.policy
        self._past = asyncio.create_task(asyncio.to_thread(past, events, policy, instants))

    def _due(self, moment: int) -> list[Simulated]:
        """Take the events until `moment` out of the simulation."""
        found = []
        while self._next is not None and self._next.time <= moment:
            found.append(self._next)
            self._next = next(self._events, None)
        return found

    async def _send(self, producer: Producer, events: Sequence[Simulated]) -> None:
        for event in events:
            await producer.send(event.value)
            self._lines.append(event.value + b"\n")
        await producer.flush()

    async def _beat(self, producer: Producer, session: aiohttp.ClientSession) -> None:
        await self._send(producer, self._due(now()))
        seen = await self._look(session)
        if self.judge.wants and seen.complete:
            settled = await self._settle(session, seen)
            if settled is not None and settled.complete:
                events = b"".join(self._lines)
                exhibit = Exhibit(settled.at, settled.numbers, events, len(self._lines))
                self.judge.judge(exhibit)

    async def _look(self, session: aiohttp.ClientSession) -> Round:
        seen = await self.crew.ask(session, now() + SETTLING)
        self._round = seen
        self._show(seen)
        return seen

    async def _settle(self, session: aiohttp.ClientSession, seen: Round) -> Round | None:
        """Look again until nothing is under way any more; None if something comes in between.

        What tickets say about customers goes out with a checkpoint. Once a worker has finished
        two of them, the second began when all events were applied.
        """
        deadline = now() + SETTLING_MAX
        for _ in range(2):
            since = seen.at
            while seen.checkpointed <= since:
                if not seen.complete or now() > deadline:
                    return None
                seen = await self._look(session)
        return await self._look(session)

    def _show(self, seen: Round) -> None:
        """Make the view of what was seen."""
        missing = seen.missing
        self._tell(missing=missing, complete=seen.complete)
        workers = self.crew.views(seen)
        self._notice_deaths(workers)
        reading = self._view.reading
        if seen.complete:
            reading = Reading.of(seen.numbers, seen.at, SHOWN)
            if self._past is not None and self._past.done():
                self._history.precede(self._past.result())
                self._past = None
            self._history.add(reading)
        self._view = View(
            now=seen.at,
            clock=0,
            reading=reading,
            missing=missing,
            workers=workers,
            reference=self.judge.reference.description,
            verdict=self.judge.verdict,
            checks=self.judge.checks,
            unequal=self.judge.unequal,
            marks=self._marks,
            history=self._history.points(),
        )
        self._transcript.status(status_line(self.view()))

    def _notice_deaths(self, workers: Sequence[WorkerView]) -> None:
        """Say once that a worker ended by itself. Raises DemoError if it never came to work."""
        for worker in workers:
            if worker.state != "ended":
                self._dead.discard(worker.name)
            elif worker.name not in self._dead:
                self._dead.add(worker.name)
                log = self.crew.processes[worker.name].last_lines()
                if not self.complete.is_set():
                    raise DemoError(f"{worker.name} ended by itself.", log)
                self._say(worker.name, f"ended by itself; its last words:\n{log}")

    def _tell(self, *, missing: int, complete: bool) -> None:
        """Say when all partitions are counted: at first, and after each time they were not."""
        if missing:
            self._missing_since = self._missing_since or now()
        elif complete and (self._missing_since is not None or not self.complete.is_set()):
            seconds = (now() - (self._missing_since or now())) / SECOND
            after = f" again after {seconds:.1f} s" if self.complete.is_set() else ""
            self._say("partitions", f"all {scenario.PARTITIONS} counted{after}")
            self._missing_since = None
            self.complete.set()

    def _judged(self, verdict: Verdict) -> None:
        awaited = self._curious_since is not None and verdict.at > self._curious_since
        if self._told is not verdict.equal or awaited:
            answer = "yes" if verdict.equal else f"NO, {len(verdict.differences)} series differ"
            self._say(
                "check",
                f"equal to the batch evaluation: {answer} "
                f"({verdict.series} series, {verdict.events} events)",
            )
            for difference in verdict.differences[:DIFFERENCES_TOLD]:
                self._say("", difference)
            self._curious_since = None
        self._told = verdict.equal

    def _changed(self, worker: str, what: str) -> None:
        self._curious_since = now()
        self._say(worker, what)

    async def _delete_topics(self) -> None:
        names = [topic.name for topic in topics.topics(self.settings)]
        await connection.administrate(
            self.settings.kafka, lambda admin: admin.delete_topics(names)
        )

    async def _end_workers(self) -> None:
        for process in self.crew.processes.values():
            process.terminate()
        waits = (asyncio.to_thread(process.wait) for process in self.crew.processes.values())
        await asyncio.gather(*waits)


def now() -> int:
    """Return the wall clock in milliseconds."""
    return time.time_ns() // 1_000_000
