"""Where the time goes: what a worker does to an event, stage by stage, without Kafka.

A process of its own: `python -m bench.stages FILE TICKETS END SEED` prints what it measured.
The difference to a worker is the fetch, Faust, the clients' threads and the writing.
"""

import gc
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from time import process_time, time_ns
from typing import Final, Self

import msgspec

from bench.workload import Record, Workload, records
from schemas.decode import admit, decode_record
from schemas.events import Event
from schemas.policy import Policy
from schemas.settings_check import load_settings
from streams.engine.engine import Engine
from streams.engine.partition import Partition, Said
from streams.worker.customer_stage import partition_of

SLICE: Final = 1000
PARTITIONS: Final = 8
# About what a worker applies in a second, the time between two checkpoints.
EVENTS_A_CHECKPOINT: Final = 40_000

DECODE: Final = "decode"
ADMIT: Final = "admit"
APPLY: Final = "apply"
FLUSH: Final = "sums"
ENCODE: Final = "checkpoint"
CUSTOMERS: Final = "customers"


class Stages(msgspec.Struct, frozen=True):
    """CPU seconds by stage for so many events."""

    events: int
    seconds: dict[str, float]

    @classmethod
    def from_json(cls, text: str | bytes) -> Self:
        """Return what the process printed."""
        return msgspec.json.decode(text, type=cls)


class Machine:
    """The partitions of one engine, and a stopwatch for each stage."""

    def __init__(self, policy: Policy) -> None:
        self.seconds = dict.fromkeys((DECODE, ADMIT, APPLY, FLUSH, ENCODE, CUSTOMERS), 0.0)
        self._policy = policy
        self._engine = Engine(policy, live=True)
        self._partitions = [self._open(number) for number in range(PARTITIONS)]
        self._waiting: list[list[Record]] = [[] for _ in self._partitions]

    def take(self, taken: Iterable[Record]) -> int:
        """Do to records what a worker does between two checkpoints; return how many there were."""
        count = 0
        for record in taken:
            count += 1
            number = partition_of(record.key, PARTITIONS)
            waiting = self._waiting[number]
            waiting.append(record)
            if len(waiting) == SLICE:
                self._apply(self._partitions[number], waiting)
                waiting.clear()
        return count

    def checkpoint(self) -> None:
        """Encode what has changed, and take in what tickets say about customers."""
        for partition, waiting in zip(self._partitions, self._waiting, strict=True):
            self._apply(partition, waiting)
            waiting.clear()
        said: list[list[Said]] = [[] for _ in self._partitions]
        with self._stage(ENCODE):
            for partition in self._partitions:
                partition.checkpoint()
                for one in partition.outbox():
                    said[partition_of(one.customer.encode(), PARTITIONS)].append(one)
        with self._stage(CUSTOMERS):
            for partition, heard in zip(self._partitions, said, strict=True):
                partition.accept(heard, _now())
        with self._stage(FLUSH):
            self._engine.flush()

    def _open(self, number: int) -> Partition:
        partition = self._engine.open(number)
        partition.derive(_now(), 1)
        self._engine.serve(number, _now())
        return partition

    def _apply(self, partition: Partition, taken: Sequence[Record]) -> None:
        with self._stage(DECODE):
            read = [decode_record(record.key, record.value, ()) for record in taken]
        events = [event for event in read if isinstance(event, Event)]
        now = _now()
        with self._stage(ADMIT):
            for event in events:
                admit(event, now=now, policy=self._policy)
        with self._stage(APPLY):
            partition.apply(events, now)
        with self._stage(FLUSH):
            self._engine.flush_if_full()

    @contextmanager
    def _stage(self, name: str) -> Iterator[None]:
        start = process_time()
        yield
        self.seconds[name] += process_time() - start


def measure(policy: Policy, workload: Workload) -> Stages:
    """Return the CPU time of each stage over a workload."""
    machine = Machine(policy)
    source = records(workload)
    events = 0
    gc.disable()
    while taken := machine.take(islice(source, EVENTS_A_CHECKPOINT)):
        machine.checkpoint()
        events += taken
    return Stages(events, machine.seconds)


def _now() -> int:
    return time_ns() // 1_000_000


if __name__ == "__main__":
    config, tickets, end, seed = sys.argv[1:]
    text = Path(config).read_text("utf-8")
    canonical = Workload(tickets=int(tickets), end=int(end), seed=int(seed))
    found = measure(load_settings(text, os.environ, config).policy, canonical)
    print(msgspec.json.encode(found).decode())
