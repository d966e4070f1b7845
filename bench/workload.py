"""The canonical workload: a seed -> the records of a busy helpdesk, in order of arrival.

Pure, and memory holds only what is still to arrive. An event has some 313 bytes, a ticket some
6.6 events; 5 % of the events arrive late and 0.5 % twice.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import count
from random import Random
from typing import Final, NamedTuple
from uuid import UUID

import orjson

from schemas.scalars import DAY, HOUR, MINUTE, rfc3339

QUEUES: Final = ("billing", "tech", "sales", "returns", "accounts")
CHANNELS: Final = ("email", "chat", "phone", "web", "social")
PRIORITIES: Final = ("low", "normal", "high", "urgent")
TOPICS: Final = ("invoice", "login", "refund", "delivery", "bug", "upgrade")
AGENTS: Final = tuple(f"agent-{number}" for number in range(60))
SOURCE: Final = "/helpdesk/eu-central"
SCHEMA: Final = "/schemas/ticket/1.0"

LATE: Final = 0.05
LATE_BY_MAX: Final = 6 * HOUR
DUPLICATE: Final = 0.005


@dataclass(frozen=True, kw_only=True)
class Workload:
    """`tickets` created evenly over the `days` before `end`, in milliseconds.

    What happens or arrives after `end` is left out, so the newest tickets are still open.
    """

    tickets: int
    end: int
    seed: int = 7
    days: int = 30


class Record(NamedTuple):
    """An event as a record of the topic of tickets, structured JSON."""

    key: bytes
    value: bytes


class Moment(NamedTuple):
    """Something that happens to a ticket."""

    time: int
    type: str
    data: dict[str, object]


def records(workload: Workload) -> Iterator[Record]:
    """Yield the records in order of arrival."""
    random = Random(workload.seed)
    start = workload.end - workload.days * DAY
    serial = count()
    arriving: list[tuple[int, int, Record]] = []
    for number in range(workload.tickets):
        created = start + (workload.end - start) * number // workload.tickets
        while arriving and arriving[0][0] < created:
            yield heappop(arriving)[2]
        subject = f"ticket-{number:08}"
        for moment in life(random, created, workload.tickets):
            if moment.time >= workload.end:
                break
            record = Record(subject.encode(), rendered(random, subject, moment))
            late = random.random() < LATE
            arrival = moment.time + (random.randrange(LATE_BY_MAX) if late else 0)
            heappush(arriving, (arrival, next(serial), record))
            if random.random() < DUPLICATE:
                again = arrival + random.randrange(LATE_BY_MAX)
                heappush(arriving, (again, next(serial), record))
    while arriving and arriving[0][0] < workload.end:
        yield heappop(arriving)[2]


def life(random: Random, created: int, tickets: int) -> Iterator[Moment]:
    """Yield what happens to one ticket, in order of time."""
    agent = random.choice(AGENTS)
    time = created

    def after(mean: int) -> int:
        nonlocal time
        time += 1000 + int(random.expovariate(1 / mean))
        return time

    def message(author: str, mean: int) -> Moment:
        data: dict[str, object] = {"author": author, "public": True}
        return Moment(
            after(mean), "message", data | ({"agent": agent} if author == "agent" else {})
        )

    def status(value: str, by: str, mean: int) -> Moment:
        data: dict[str, object] = {"status": value, "by": by}
        return Moment(after(mean), "status", data | ({"agent": agent} if by == "agent" else {}))

    yield Moment(created, "created", attributes(random, tickets))
    if random.random() < 0.9:
        yield Moment(after(10 * MINUTE), "assigned", {"agent": agent})
    if random.random() < 0.15:
        yield Moment(after(20 * MINUTE), "updated", {"priority": random.choice(PRIORITIES)})
    yield message("agent", HOUR)
    while random.random() < 0.4:
        if random.random() < 0.5:
            yield status("pending", "agent", MINUTE)
        yield message("customer", 5 * HOUR)
        yield message("agent", 2 * HOUR)
    if random.random() < 0.04:
        yield Moment(after(HOUR), "escalated", {"tier": "second"})
    yield status("solved", "agent", 2 * HOUR)
    if random.random() < 0.1:
        yield message("customer", 8 * HOUR)
        yield status("open", "customer", MINUTE)
        yield message("agent", 3 * HOUR)
        yield status("solved", "agent", HOUR)
    if random.random() < 0.5:
        yield status("closed", "system", 2 * DAY)


def attributes(random: Random, tickets: int) -> dict[str, object]:
    """Return what a new ticket is told to be; two in five customers have written before."""
    return {
        "customer": f"customer-{random.randrange(max(1, tickets * 4 // 5)):07}",
        "channel": random.choice(CHANNELS),
        "priority": random.choice(PRIORITIES),
        "queue": random.choice(QUEUES),
        "topic": random.choice(TOPICS),
        "via": "agent" if random.random() < 0.05 else "customer",
    }


def rendered(random: Random, subject: str, moment: Moment) -> bytes:
    """Return the event as a CloudEvent in structured JSON."""
    return orjson.dumps(
        {
            "specversion": "1.0",
            "id": str(UUID(int=random.getrandbits(128), version=4)),
            "source": SOURCE,
            "type": f"helpdesk.ticket.{moment.type}",
            "subject": subject,
            "time": rfc3339(moment.time),
            "dataschema": SCHEMA,
            "datacontenttype": "application/json",
            "data": moment.data,
        }
    )
