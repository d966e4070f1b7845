"""The life of one simulated ticket, from the first message to the last survey."""

from collections.abc import Sequence
from random import Random
from typing import NamedTuple

from schemas.scalars import DAY, HOUR, MINUTE, SECOND
from streams.demo.staff import (
    CHANNELS,
    INCIDENT_SHARE,
    PRIORITIES,
    QUEUES,
    TOPICS,
    Incident,
    Staff,
)

# A customer's patience with waiting, in minutes: twice as long costs a point of satisfaction.
EXPECTED_WAIT = {"chat": 6.0, "phone": 3.0, "social": 90.0, "web": 180.0, "email": 240.0}


class Moment(NamedTuple):
    """One thing that happens at the helpdesk; `time` in milliseconds of its own clock."""

    time: int
    type: str
    subject: str
    number: int
    data: dict[str, object]


def pick(random: Random, shares: dict[str, int]) -> str:
    """Return a key, as often as its share of the sum says."""
    return random.choices(list(shares), list(shares.values()))[0]


class Life:
    """A ticket's life as it is written down: `clock` moves on, `moments` grows."""

    def __init__(
        self, random: Random, staff: Staff, *, number: int, customer: str, created: int
    ) -> None:
        self.random = random
        self.staff = staff
        self.subject = f"t-{number}"
        self.number = number
        self.customer = customer
        self.created = created
        self.clock = created
        self.moments: list[Moment] = []
        self.incident: Incident | None = staff.incident(created)
        self.channel = pick(random, CHANNELS)
        self.priority = pick(random, PRIORITIES)
        if self.incident is not None and random.random() < INCIDENT_SHARE:
            self.queue = self.incident.queue
            self.topic = "outage"
            self.priority = random.choice(("high", "high", "urgent", self.priority))
        else:
            self.incident = None
            self.queue = pick(random, QUEUES)
            self.topic = random.choice(TOPICS[self.queue])
        self.agent = staff.agent(self.queue)
        self.first_reply: int | None = None
        self.annoyance = 0.0

    def note(self, kind: str, /, **data: object) -> None:
        """Write down an event of the ticket at the present moment."""
        self.moments.append(
            Moment(self.clock, f"helpdesk.ticket.{kind}", self.subject, len(self.moments), data)
        )

    def aside(self, kind: str, subject: str, time: int, /, **data: object) -> None:
        """Write down an event on another subject, such as a survey, at `time`."""
        self.moments.append(Moment(time, f"helpdesk.{kind}", subject, len(self.moments), data))

    def chance(self, share: float) -> bool:
        """Return True in `share` of the cases."""
        return self.random.random() < share

    def wait(self, median: float) -> None:
        """Let a while pass: `median` milliseconds, spread as human delays are."""
        self.clock += 1 + int(median * self.random.lognormvariate(0, 0.8))


def ticket_life(
    random: Random, staff: Staff, *, number: int, customer: str, created: int
) -> Sequence[Moment]:
    """Return all that happens to one ticket, its surveys, call, order and complaint included."""
    life = Life(random, staff, number=number, customer=customer, created=created)
    via = random.choices(("customer", "agent", "system"), (92, 6, 2))[0]
    bot = via == "customer" and life.channel in ("chat", "web") and life.chance(0.6)
    _open(life, via, bot=bot)
    if _is_junk(life):
        return life.moments
    if bot and _bot_solves(life):
        _survey(life)
        _close(life)
        return life.moments
    _triage(life)
    _work(life, via)
    _solve(life)
    while life.chance(0.07):
        _reopen(life)
    _survey(life)
    _aftermath(life)
    _close(life)
    return life.moments


def _open(life: Life, via: str, *, bot: bool) -> None:
    data: dict[str, object] = {
        "customer": life.customer,
        "channel": life.channel,
        "priority": life.priority,
        "queue": life.queue,
        "topic": life.topic,
        "via": via,
    }
    if bot:
        data["bot"] = True
    if life.chance(0.1):
        del data["queue"]
    if life.chance(0.12):
        del data["topic"]
    if life.chance(0.15):
        data["tags"] = [life.random.choice(("vip", "mobile", "web-shop", "renewal"))]
    life.note("created", **data)
    if via == "customer" and life.chance(0.08):
        life.wait(2 * MINUTE)
        life.note("message", author="customer", public=True)
    if life.channel == "phone" and via == "customer":
        talk = life.random.lognormvariate(5.3, 0.6)
        life.aside(
            "call.ended",
            f"call-{life.number}",
            life.created + int(talk * SECOND),
            customer=life.customer,
            agent=life.agent,
            queue=life.queue,
            ticket=life.subject,
            wait_seconds=round(life.random.lognormvariate(3.4, 0.9), 1),
            talk_seconds=round(talk, 1),
            hold_seconds=life.random.randrange(0, 60),
            wrap_seconds=life.random.randrange(5, 120),
        )


def _is_junk(life: Life) -> bool:
    """Throw away spam, twins and mistakes; a few come back and live on."""
    fate = life.random.random()
    if fate >= 0.034:
        return False
    life.wait(20 * MINUTE)
    if fate < 0.016:
        life.note("spam")
    elif fate < 0.03:
        life.note("merged", into=f"t-{max(0, life.number - life.random.randrange(1, 40))}")
    else:
        life.note("deleted")
    if not life.chance(0.15):
        return True
    life.wait(30 * MINUTE)
    life.note("restored")
    return False


def _bot_solves(life: Life) -> bool:
    life.clock += life.random.randrange(1_000, 4_000)
    life.note("message", author="bot", public=True)
    life.wait(90 * SECOND)
    life.note("message", author="customer", public=True)
    life.clock += life.random.randrange(1_000, 4_000)
    life.note("message", author="bot", public=True)
    if life.incident is None and life.chance(0.4):
        life.wait(2 * MINUTE)
        life.note("status", status="solved", by="bot")
        return True
    life.wait(MINUTE)
    life.note("handoff", to="agent")
    return False


def _triage(life: Life) -> None:
    """Bring the ticket to somebody; one in ten first lay in another queue."""
    if life.chance(0.2):
        life.wait(5 * MINUTE)
        life.note("updated", priority=life.priority, queue=life.queue, topic=life.topic)
    life.clock += life.random.randrange(1_000, 60_000)
    life.note("assigned", agent=life.agent, queue=life.queue)


def _work(life: Life, via: str) -> None:
    """Answer, ask back, transfer, escalate, until the answer is there."""
    _reply(life, effort=1.0 if via == "customer" else 0.2)
    life.note("status", status="open", by="agent", agent=life.agent)
    if life.chance(0.1):
        _transfer(life)
    while life.chance(0.42):
        if life.chance(0.7):
            life.clock += 1
            life.note("status", status="pending", by="agent", agent=life.agent)
        life.wait(HOUR if life.channel != "chat" else 3 * MINUTE)
        life.note("message", author="customer", public=True)
        life.clock += 1
        life.note("status", status="open", by="customer")
        if life.chance(0.12):
            life.wait(10 * MINUTE)
            life.note("escalated", tier=2, to=f"{life.queue}-experts")
            life.note("status", status="hold", by="agent", agent=life.agent)
            life.wait(4 * HOUR)
            life.note("status", status="open", by="system")
        _reply(life, effort=0.7)


def _reply(life: Life, *, effort: float) -> None:
    answered = life.staff.answer(life.clock, life.channel, life.priority, effort)
    life.clock = max(answered, life.clock + 1)
    if life.chance(0.15):
        life.note("message", author="agent", agent=life.agent, public=False)
        life.wait(2 * MINUTE)
    life.note("message", author="agent", agent=life.agent, public=True)
    if life.first_reply is None:
        life.first_reply = life.clock


def _transfer(life: Life) -> None:
    life.wait(10 * MINUTE)
    life.annoyance += 0.4
    if life.chance(0.4):
        life.queue = life.random.choice([name for name in QUEUES if name != life.queue])
    life.agent = life.staff.agent(life.queue)
    life.note("assigned", agent=life.agent, queue=life.queue)


def _solve(life: Life) -> None:
    life.clock += life.random.randrange(1_000, 120_000)
    if life.chance(0.3):
        life.note("updated", first_contact_resolved=life.chance(0.7))
    life.note("status", status="solved", by="agent", agent=life.agent)
    if life.chance(0.15):
        life.wait(30 * MINUTE)
        life.note("message", author="customer", public=True)


def _reopen(life: Life) -> None:
    life.annoyance += 0.9
    life.wait(5 * HOUR)
    life.note("message", author="customer", public=True)
    life.clock += 1
    life.note("status", status="open", by="customer")
    _reply(life, effort=0.8)
    _solve(life)


def satisfaction(life: Life) -> float:
    """Return how content the customer is, about 1 to 5: waiting, reopens and outages cost."""
    content = 5.1 - life.annoyance
    if life.first_reply is not None:
        waited = (life.first_reply - life.created) / (MINUTE * EXPECTED_WAIT[life.channel])
        content -= min(2.5, 1.1 * waited)
    if life.incident is not None:
        content -= 1.4
    return content + life.random.gauss(0, 0.6)


def _survey(life: Life) -> None:
    """Ask 60 % of the customers; 35 % of them answer."""
    if not life.chance(0.6):
        return
    kind = life.random.choices(("csat", "ces", "nps", "fcr"), (64, 12, 18, 6))[0]
    survey = f"survey-{life.number}"
    about: dict[str, object] = {"ticket": life.subject, "customer": life.customer}
    sent = life.clock + 10 * MINUTE
    life.aside("survey.sent", survey, sent, kind=kind, **about)
    if not life.chance(0.35):
        return
    content = satisfaction(life)
    top, score = {
        "csat": (5, content),
        "ces": (7, content * 1.4),
        "nps": (10, content * 2.35 - 1.4),
        "fcr": (1, content - 3.0),
    }[kind]
    least = 0 if kind in ("nps", "fcr") else 1
    answered = sent + 1 + int(80 * MINUTE * life.random.lognormvariate(0, 0.9))
    life.aside(
        "survey.answered",
        survey,
        answered,
        kind=kind,
        score=min(top, max(least, round(score))),
        **about,
    )


def _aftermath(life: Life) -> None:
    """Some buy, some want their money back, some complain; some work is reviewed."""
    if life.chance(0.12 if life.queue == "sales" else 0.02):
        placed = life.clock + int(life.random.uniform(0.1, 4) * DAY)
        amount = f"{life.random.lognormvariate(4, 0.8):.2f}"
        order = f"order-{life.number}"
        price: dict[str, object] = {"amount": amount, "currency": "EUR"}
        life.aside("order.placed", order, placed, customer=life.customer, **price)
        if life.chance(0.1):
            refunded = placed + int(life.random.uniform(1, 5) * DAY)
            life.aside(
                "order.refunded",
                f"refund-{life.number}",
                refunded,
                customer=life.customer,
                order=order,
                **price,
            )
    if life.chance(0.05 if life.incident is not None else 0.008):
        life.aside(
            "complaint.logged",
            f"complaint-{life.number}",
            life.clock + HOUR,
            ticket=life.subject,
            customer=life.customer,
            topic=life.topic,
            channel=life.channel,
        )
    if life.chance(0.02):
        score = min(100, int(life.random.gauss(84, 9)))
        life.aside(
            "review.scored",
            f"review-{life.number}",
            life.clock + DAY,
            kind="qa",
            score=score,
            max_score=100,
            passed=score >= 75,
            agent=life.agent,
            queue=life.queue,
            topic=life.topic,
            script_followed=life.chance(0.9),
        )


def _close(life: Life) -> None:
    life.clock += 3 * DAY
    life.note("status", status="closed", by="system")
