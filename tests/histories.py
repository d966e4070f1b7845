"""Invented histories of a helpdesk, from a random source: made to reach the corners.

The same choices serve two callers: Hypothesis hands in a source that it can shrink, the big
runs hand in `random.Random(seed)`. Values come from small alphabets, so that events meet;
times are steps on a grid of exact durations, so that deadlines, window edges and equal times
are hit to the millisecond.
"""

from collections.abc import Callable, Iterator, Sequence
from random import Random
from typing import Any, Final, TypeVar

from msgspec.structs import replace

from schemas.events import (
    CallAbandoned,
    CallEnded,
    ChannelAvailability,
    ComplaintLogged,
    CostRecorded,
    Event,
    FeedbackRecorded,
    MentionObserved,
    OrderPlaced,
    OrderRefunded,
    ReviewScored,
    SurveyAnswered,
    SurveySent,
    TicketAssigned,
    TicketCreated,
    TicketDeleted,
    TicketEscalated,
    TicketHandoff,
    TicketMerged,
    TicketMessage,
    TicketRestored,
    TicketSpam,
    TicketStatus,
    TicketUpdated,
)
from schemas.scalars import (
    DAY,
    EPOCH,
    HOUR,
    MILLISECOND,
    MINUTE,
    SECOND,
    Amount,
    Day,
    Milliseconds,
    Thousandths,
)

Value = TypeVar("Value")

# Friday before clocks go forward in Warsaw, and Friday before they go back.
SPRING: Final = 1_774_569_600_000
AUTUMN: Final = 1_792_713_600_000
STARTS: Final = (SPRING, SPRING + 15 * HOUR, SPRING + 47 * HOUR, AUTUMN, AUTUMN + 48 * HOUR)

SHORT: Final = (0, 1, 999, SECOND, MINUTE - 1, MINUTE, MINUTE + 1, 5 * MINUTE, 15 * MINUTE)
MEDIUM: Final = (
    30 * MINUTE,
    HOUR - 1,
    HOUR,
    HOUR + 1,
    2 * HOUR,
    4 * HOUR,
    8 * HOUR,
    DAY - 1,
    DAY,
    DAY + 1,
)
EXACT: Final = (MINUTE, 15 * MINUTE, HOUR, HOUR, DAY, 2 * DAY, 7 * DAY)
LONG: Final = (2 * DAY, 3 * DAY, 5 * DAY, 7 * DAY - 1, 7 * DAY, 7 * DAY + 1, 30 * DAY)

QUEUES: Final = ("billing", "tech", "vip")
CHANNELS: Final = ("email", "chat", "phone", "web")
PRIORITIES: Final = ("low", "high", "urgent")
TOPICS: Final = ("refund", "login", "größe")
CUSTOMERS: Final = ("cora", "cyd", "cem")
AGENTS: Final = ("ann", "bob", "cid")
CURRENCIES: Final = ("EUR", "JPY", "KWD")
SOURCES: Final = ("/desk", "/mail")
STATUSES: Final = ("new", "open", "pending", "hold", "solved", "closed")
SCALES: Final = (None, None, (1, 3), (-2, 2), (1, 10))
DEFAULT_SCALES: Final = {
    "csat": (1, 5),
    "ces": (1, 7),
    "nps": (0, 10),
    "esat": (1, 5),
    "fcr": (0, 1),
}


def moment(random: Random) -> int:
    """Return a start: some instant around the two nights in which clocks change."""
    return random.choice(STARTS) + random.choice(SHORT)


def gap(random: Random) -> int:
    """Return the time to the next event, mostly short, often exactly a target or a limit."""
    return random.choice(random.choice((SHORT, SHORT, EXACT, EXACT, MEDIUM, LONG)))


def maybe(random: Random, values: tuple[Value, ...], chance: int = 2) -> Value | None:
    """Return one of the values, or None once in `chance` times."""
    return None if random.randrange(chance) == 0 else random.choice(values)


class Desk:
    """Hands out events with identities that are mostly their own."""

    def __init__(self, random: Random, name: str) -> None:
        self.random = random
        self.name = name
        self.numbers = 0

    def event(self, of: type[Any], time: int, subject: str, **members: object) -> Event:
        """Return an event of class `of`; members that are None are absent."""
        self.numbers += 1
        data = of.__annotations__["data"]
        event: Event = of(
            specversion="1.0",
            id=f"{self.name}-{self.numbers}",
            source=self.random.choice(SOURCES),
            time=Milliseconds(time),
            subject=subject,
            sequence=self.random.choice((None, None, None, "1", "2", "10")),
            data=data(**members),
        )
        return event


# A ticket's life


def life(random: Random, subject: str) -> list[Event]:
    """Return the events of one ticket and what hangs on it, in no promised order."""
    desk = Desk(random, subject)
    events: list[Event] = []
    time = start = moment(random)
    if random.randrange(12):
        events.append(created(desk, time, subject))
        if random.randrange(2):
            events.extend(in_time(desk, time, subject))
    for _ in range(random.randrange(14)):
        time += gap(random)
        if random.randrange(12) == 0:
            time = start - random.choice(SHORT)
        act = random.choice(ACTS)
        events.extend(act(desk, time, subject))
    if random.randrange(8) == 0:
        events.extend(storm(desk, time, subject))
    if random.randrange(4) == 0:
        times: list[int] = [event.time for event in events] or [start]
        events.extend(around(desk, start, times, subject))
    return [copy for event in events for copy in copies(random, event)]


def created(desk: Desk, time: int, subject: str) -> Event:
    return desk.event(
        TicketCreated,
        time,
        subject,
        **attributes(desk.random),
        via=maybe(desk.random, ("customer", "customer", "agent", "system")),
        bot=maybe(desk.random, (True, False), 1 + desk.random.randrange(3)),
    )


def attributes(random: Random) -> dict[str, object]:
    return {
        "customer": maybe(random, CUSTOMERS, 3),
        "channel": maybe(random, CHANNELS),
        "priority": maybe(random, PRIORITIES),
        "queue": maybe(random, QUEUES),
        "topic": maybe(random, TOPICS),
        "tags": random.choice((None, None, (), ("vip", "new"))),
    }


def message(desk: Desk, time: int, subject: str) -> Iterator[Event]:
    random = desk.random
    author = random.choice(("customer", "customer", "agent", "agent", "agent", "bot", "system"))
    yield desk.event(
        TicketMessage,
        time,
        subject,
        author=author,
        agent=maybe(random, AGENTS, 4) if author == "agent" else None,
        public=random.choice((None, None, True, False)),
    )


def in_time(desk: Desk, time: int, subject: str) -> Iterator[Event]:
    """A reply, a solve or a pause exactly at what may be a deadline, or a millisecond beside."""
    random = desk.random
    time += random.choice((MINUTE, 15 * MINUTE, HOUR)) + random.choice((-1, 0, 0, 1))
    if random.randrange(2):
        agent = maybe(random, AGENTS, 4)
        yield desk.event(TicketMessage, time, subject, author="agent", agent=agent)
    else:
        yield change(desk, time, subject, random.choice(("solved", "pending")))


def exchange(desk: Desk, time: int, subject: str) -> Iterator[Event]:
    yield desk.event(TicketMessage, time, subject, author="customer")
    yield from in_time(desk, time, subject)


def status(desk: Desk, time: int, subject: str) -> Iterator[Event]:
    yield change(desk, time, subject, desk.random.choice((*STATUSES, "open", "solved", "pending")))


def change(desk: Desk, time: int, subject: str, status: str) -> Event:
    return desk.event(
        TicketStatus,
        time,
        subject,
        status=status,
        by=maybe(desk.random, ("agent", "customer", "bot", "system")),
        agent=maybe(desk.random, AGENTS, 1 + desk.random.randrange(2)),
    )


def thanks(desk: Desk, time: int, subject: str) -> Iterator[Event]:
    """A solve, a "thank you", sometimes an answer to it, sometimes a reopen."""
    random = desk.random
    yield change(desk, time, subject, "solved")
    time += random.choice(SHORT)
    yield desk.event(TicketMessage, time, subject, author="customer")
    if random.randrange(2):
        time += random.choice(SHORT)
        yield desk.event(TicketMessage, time, subject, author="agent", agent=random.choice(AGENTS))
    if random.randrange(3):
        yield change(desk, time + random.choice(SHORT), subject, "open")


def assigned(desk: Desk, time: int, subject: str) -> Iterator[Event]:
    """An assignment; null takes a value away."""
    random = desk.random
    members: dict[str, object] = {}
    if random.randrange(3):
        members["agent"] = maybe(random, AGENTS, 4)
    if random.randrange(2):
        members["queue"] = maybe(random, QUEUES, 4)
    yield desk.event(TicketAssigned, time, subject, **members)


def updated(desk: Desk, time: int, subject: str) -> Iterator[Event]:
    random = desk.random
    box = random.choice((None, None, True, False))
    yield desk.event(
        TicketUpdated, time, subject, **attributes(random), first_contact_resolved=box
    )


def created_again(desk: Desk, time: int, subject: str) -> Iterator[Event]:
    yield created(desk, time, subject)


def escalated(desk: Desk, time: int, subject: str) -> Iterator[Event]:
    tier = desk.random.choice((None, 2, "second line"))
    yield desk.event(TicketEscalated, time, subject, tier=tier)


def handed_off(desk: Desk, time: int, subject: str) -> Iterator[Event]:
    yield desk.event(
        TicketHandoff, time, subject, to=desk.random.choice(("agent", "agent", "bot"))
    )


def excluded(desk: Desk, time: int, subject: str) -> Iterator[Event]:
    """Out of the numbers, and mostly back again."""
    random = desk.random
    kind = random.choice((TicketSpam, TicketDeleted, TicketMerged))
    members: dict[str, object] = {"into": "t1"} if kind is TicketMerged else {}
    yield desk.event(kind, time, subject, **members)
    if random.randrange(3):
        yield desk.event(TicketRestored, time + random.choice(SHORT), subject)


def storm(desk: Desk, time: int, subject: str) -> Iterator[Event]:
    """Solved and reopened again and again, within moments or days."""
    for number in range(2 * desk.random.randrange(1, 5)):
        yield change(desk, time, subject, ("solved", "open")[number % 2])
        time += gap(desk.random)


def surveyed(desk: Desk, time: int, ticket: str | None) -> Iterator[Event]:
    """A survey sent, answered, perhaps answered again."""
    random = desk.random
    kind = random.choice(tuple(DEFAULT_SCALES))
    subject = f"s-{ticket or 'free'}-{random.randrange(3)}"
    scale = random.choice(SCALES)
    low, high = scale or DEFAULT_SCALES[kind]
    common = {
        "ticket": ticket,
        "agent": maybe(random, AGENTS),
        "channel": maybe(random, CHANNELS, 1 + random.randrange(2)),
        "queue": maybe(random, QUEUES, 1 + random.randrange(2)),
    }
    for _ in range(random.randrange(3)):
        yield desk.event(SurveySent, time, subject, kind=kind, **common)
        time += random.choice(SHORT)
    for _ in range(random.randrange(3)):
        score = random.randrange(1000 * low, 1000 * high + 1, 500)
        yield desk.event(
            SurveyAnswered,
            time,
            subject,
            kind=kind,
            score=Thousandths(score),
            scale=scale,
            **common,
        )
        time += gap(random)


def around(desk: Desk, start: int, times: Sequence[int], subject: str) -> Iterator[Event]:
    """A call that names the ticket within an hour or just outside, or orders of a customer.

    Orders come at the ticket's own instants, or exactly some time after.
    """
    random = desk.random
    if random.randrange(2):
        hour = random.choice((HOUR - 1, HOUR, HOUR + 1, 0))
        yield call(desk, start + random.choice((-1, 1)) * hour, ticket=subject)
        return
    customer = random.choice(CUSTOMERS)
    for _ in range(random.randrange(1, 4)):
        time = random.choice(times) + random.choice((0, 0, 1, gap(random)))
        yield order(desk, time, customer)
        if random.randrange(2):
            yield refund(desk, time + gap(random), customer)


Act = Callable[[Desk, int, str], Iterator[Event]]
ACTS: Final[tuple[Act, ...]] = (
    *(message,) * 5,
    *(exchange,) * 2,
    *(status,) * 6,
    *(assigned,) * 3,
    *(updated,) * 3,
    *(surveyed,) * 2,
    thanks,
    thanks,
    handed_off,
    escalated,
    excluded,
    created_again,
)


# Everything else


def call(desk: Desk, time: int, ticket: str | None = None) -> Event:
    random = desk.random
    queue = maybe(random, QUEUES)
    wait = Thousandths(random.choice((0, 1, 30_500, 60_000, 60_001)))
    if ticket is None and random.randrange(2):
        return desk.event(
            CallAbandoned,
            time,
            f"call-{random.randrange(3)}",
            customer=maybe(random, CUSTOMERS),
            queue=queue,
            wait_seconds=wait,
        )
    return desk.event(
        CallEnded,
        time,
        f"call-{random.randrange(3)}",
        customer=random.choice(CUSTOMERS),
        agent=maybe(random, AGENTS),
        queue=queue,
        ticket=ticket,
        wait_seconds=wait,
        talk_seconds=Thousandths(random.choice((0, 299_999, 300_000))),
        hold_seconds=maybe(random, (Thousandths(1), Thousandths(500))),
        wrap_seconds=maybe(random, (Thousandths(0), Thousandths(60_000))),
    )


def amount(random: Random) -> Amount:
    return Amount(random.choice(("0", "10.00", "10", "0.005", "99.995", "1234567.895")))


def order(desk: Desk, time: int, customer: str) -> Event:
    random = desk.random
    subject = f"o-{customer}-{random.randrange(3)}"
    members = {"amount": amount(random), "currency": random.choice(CURRENCIES)}
    return desk.event(OrderPlaced, time, subject, customer=customer, **members)


def refund(desk: Desk, time: int, customer: str) -> Event:
    random = desk.random
    members = {"amount": amount(random), "currency": random.choice(CURRENCIES)}
    placed = f"o-{customer}-{random.randrange(3)}"
    return desk.event(
        OrderRefunded, time, f"r-{random.randrange(9)}", customer=customer, order=placed, **members
    )


def business(random: Random, name: str) -> list[Event]:
    """Return a few events outside tickets: calls, orders, surveys, channels, money, quality."""
    desk = Desk(random, name)
    time = moment(random) + gap(random)
    customer = random.choice(CUSTOMERS)
    match random.randrange(10):
        case 0 | 1:
            events = [call(desk, time), call(desk, time + gap(random))]
        case 2:
            events = [order(desk, time, customer), refund(desk, time + gap(random), customer)]
        case 3:
            events = list(surveyed(desk, time, None))
        case 4:
            first = (EPOCH + time * MILLISECOND).date().toordinal() - random.randrange(5)
            events = [
                desk.event(
                    CostRecorded,
                    time,
                    name,
                    amount=amount(random),
                    currency=random.choice(CURRENCIES),
                    from_=Day.fromordinal(first),
                    to=Day.fromordinal(first + random.randrange(1, 8)),
                )
            ]
        case 5:
            top = random.choice((1, 1000, 5000, 100_000))
            events = [
                desk.event(
                    ReviewScored,
                    time,
                    name,
                    kind=random.choice(("qa", "audit", "mystery_shop")),
                    score=Thousandths(random.choice((0, top, 2 * top // 3))),
                    max_score=Thousandths(top),
                    passed=maybe(random, (True, False)),
                    script_followed=maybe(random, (True, False)),
                )
            ]
        case 6:
            events = [desk.event(ComplaintLogged, time, name, topic=maybe(random, TOPICS))]
        case 7:
            feeling = random.choice(("positive", "neutral", "negative"))
            kind = random.choice(("feedback", "interview", "focus_group"))
            events = [
                desk.event(FeedbackRecorded, time, name, kind=kind, sentiment=feeling),
                desk.event(MentionObserved, time, name, network="fediverse", sentiment=feeling),
            ]
        case _:
            channel = random.choice(CHANNELS)
            events = []
            for _ in range(random.randrange(1, 4)):
                available = bool(random.randrange(2))
                members = {"channel": channel, "available": available}
                events.append(desk.event(ChannelAvailability, time, channel, **members))
                time += gap(random)
    return [copy for event in events for copy in copies(random, event)]


# Copies


def copies(random: Random, event: Event) -> Iterator[Event]:
    """Yield an event, sometimes again: the same, another content, or its id of another source."""
    yield event
    match random.randrange(30):
        case 0:
            yield event
        case 1:
            moved = event.time + random.choice((-1, 1)) * random.choice((*SHORT, HOUR))
            yield replace(event, time=Milliseconds(moved))
        case 2:
            yield replace(event, source="/other")
        case 3:
            yield replace(event, sequence="3")
        case 4 if isinstance(event, TicketMessage):
            author = random.choice(("agent", "customer"))
            yield replace(event, data=replace(event.data, author=author))
        case 5 if isinstance(event, TicketStatus):
            other = random.choice(STATUSES)
            yield replace(event, data=replace(event.data, status=other))
        case 6 if isinstance(event, TicketUpdated | TicketCreated):
            yield replace(event, data=replace(event.data, queue=random.choice(QUEUES)))
        case _:
            return


def history(random: Random, tickets: int) -> list[Event]:
    """Return the events of some tickets and what surrounds them, shuffled."""
    events: list[Event] = []
    for number in range(tickets):
        events.extend(life(random, f"t{number}"))
        if random.randrange(2):
            events.extend(business(random, f"b{number}"))
    random.shuffle(events)
    return events


def instants(random: Random, events: list[Event], count: int) -> list[int]:
    """Return instants worth asking for, ascending: at, just before and some time after events."""
    times = sorted({SPRING, *(event.time for event in events)})
    found = []
    for _ in range(count):
        after = random.choice((0, 0, -1, 1, gap(random), gap(random), 40 * DAY))
        found.append(max(0, random.choice(times) + after))
    return sorted(found)
