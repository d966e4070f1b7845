"""A stage without Kafka: the engine in this process, workers that only say that they are."""

import sys
import time
from dataclasses import replace

from schemas.decode import decode
from schemas.policy import Dimensions, Policy, SlaPolicy, SlaTargets
from schemas.rejected import Rejected
from schemas.scalars import MINUTE, SECOND
from streams.demo import scenario
from streams.demo.helpdesk import simulate
from streams.demo.history import past, reading
from streams.demo.metrics import Reading
from streams.demo.page import Server
from streams.demo.staff import QUEUES
from streams.demo.view import Mark, Verdict, View, WorkerView
from streams.engine.engine import Engine

POLICY = Policy(
    windows=("5m", "30m", "1h"),
    dimensions=Dimensions(queue=tuple(QUEUES)),
    sla=(
        SlaPolicy(
            id="urgent",
            match={"priority": ("urgent", "high")},
            targets=SlaTargets(first_response=75 * SECOND, resolution=10 * MINUTE),
        ),
        SlaPolicy(
            id="standard",
            targets=SlaTargets(first_response=4 * MINUTE, resolution=24 * MINUTE),
        ),
    ),
)


class FakeStage:
    """Shows the KPIs of a simulated past; `view` stands still at the instant of its making."""

    EMPTY = Reading((), 0)
    queues = tuple(QUEUES)

    def __init__(self, *, later: int = 0) -> None:
        now = time.time_ns() // 1_000_000
        plan = scenario.plan(now - later)
        events = []
        for event in simulate(plan):
            if event.time > now:
                break
            events.append(event)
        engine = Engine(POLICY, live=True)
        partition = engine.open(0)
        engine.serve(0, now)
        decoded = [decode(event.value) for event in events]
        partition.apply([event for event in decoded if not isinstance(event, Rejected)], now)
        shown = reading(engine.snapshot(now), now)
        workers = tuple(
            WorkerView(f"worker {n}", "running", 4, 8, 17.0, f"http://127.0.0.1:{9876 + n}")
            for n in (1, 2)
        )
        self._view = View(
            now=now,
            clock=scenario.clock(plan, now),
            reading=shown,
            missing=0,
            workers=workers,
            reference="The batch is a second, independent program that reads all events at once.",
            verdict=Verdict(True, 11_332, len(events), now, now),
            checks=12,
            history=past(events, POLICY, range(now - 30 * MINUTE, now + 1, MINUTE)),
        )

    def view(self) -> View:
        """Return the numbers of the past, checked some seconds ago."""
        return replace(self._view, now=time.time_ns() // 1_000_000)

    def kill(self, worker: str) -> None:
        """Say that the worker was killed and that the others count its partitions."""
        self._change(worker, "killed", 0)

    def start(self, worker: str) -> None:
        """Say that the worker runs again."""
        self._change(worker, "running", 4)

    def _change(self, name: str, state: str, partitions: int) -> None:
        changed = tuple(
            replace(worker, state=state, partitions=partitions)  # type: ignore[arg-type]
            if worker.name == name
            else worker
            for worker in self._view.workers
        )
        mark = Mark(self._view.now - MINUTE, f"{name} {state}")
        self._view = replace(self._view, workers=changed, marks=(*self._view.marks, mark))


def main() -> None:
    """Serve the page on the port given until stdin ends; say when it is ready."""
    server = Server(FakeStage(later=4 * MINUTE), host="127.0.0.1", port=int(sys.argv[1]))
    server.start()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.read()
    server.stop()


if __name__ == "__main__":
    main()
