"""The policy as entities use it: looked up once, in integers and sets."""

from schemas.policy import Policy, SlaPolicy
from schemas.scalars import DAY
from streams.clocks.calendar import FOREVER, BusinessClock
from streams.entities.attributes import ATTRIBUTES
from streams.facts.facts import COLUMNS, CUSTOMER_FACTS, STATUSES
from streams.facts.vocabulary import Vocabulary


class SlaRule:
    """One SLA policy. `targets` by place in facts.TARGETS, 0 = none; `pauses` a bit a status."""

    def __init__(self, number: int, policy: SlaPolicy, clock: BusinessClock | None) -> None:
        self.number = number
        self.match: list[tuple[int, frozenset[str]]] = [
            (ATTRIBUTES.index(name), frozenset(values)) for name, values in policy.match.items()
        ]
        targets = policy.targets
        self.targets: list[int] = [
            targets.first_response or 0,
            targets.next_reply or 0,
            targets.resolution or 0,
        ]
        self.pauses: int = sum(1 << STATUSES.index(status) for status in policy.pause_on)
        self.effective_from: int = (
            -FOREVER if policy.effective_from is None else policy.effective_from
        )
        self.effective_to: int = FOREVER if policy.effective_to is None else policy.effective_to
        self.clock = clock

    def open_between(self, start: int, end: int) -> int:
        """Return the time that counts in [start, end]."""
        clock = self.clock
        if clock is not None:
            return clock.open_between(start, end)
        return end - start if end > start else 0

    def after(self, start: int, need: int) -> int:
        """Return the earliest instant by which `need` of the time that counts has passed."""
        clock = self.clock
        if clock is not None:
            return clock.after(start, need)
        return start + need if need > 0 else start


class Rules:
    """Everything that entities need to know beyond their events."""

    def __init__(self, policy: Policy, *, label_limit: int | None, wanted: frozenset[int]) -> None:
        self.policy = policy
        # Which fact types a KPI counts; others need not be derived.
        self.wants: list[bool] = [fact in wanted for fact in range(len(COLUMNS))]
        self.wants_customers: bool = not wanted.isdisjoint(CUSTOMER_FACTS)
        clocks: dict[str, BusinessClock] = {
            name: BusinessClock(calendar) for name, calendar in policy.calendars.items()
        }
        self.business: BusinessClock | None = (
            None if policy.business_calendar is None else clocks[policy.business_calendar]
        )
        self.channel_clocks: dict[str, BusinessClock] = {
            channel: clocks[calendar] for channel, calendar in policy.channel_calendars.items()
        }
        self.sla: list[SlaRule] = [
            SlaRule(number, sla, None if sla.calendar is None else clocks[sla.calendar])
            for number, sla in enumerate(policy.sla)
        ]
        dimensions = policy.dimensions
        self.queue = Vocabulary(dimensions.queue, label_limit)
        self.channel = Vocabulary(dimensions.channel, label_limit)
        self.priority = Vocabulary(dimensions.priority, label_limit)
        self.topic = Vocabulary(dimensions.topic, label_limit)
        self.scale = Vocabulary((), label_limit)
        self.currency = Vocabulary((), label_limit)
        self.network = Vocabulary((), label_limit)
        agents = policy.agents
        self.with_agents: bool = agents.enabled
        self.agent = Vocabulary(agents.allow, None if label_limit is None else agents.max)
        self.session_channels: frozenset[str] = frozenset(policy.fcr.session_channels)
        self.same_topic: bool = policy.fcr.same_topic
        self.fcr_span: int = policy.fcr.days * DAY
        self.acr_span: int = max(policy.acr.days, default=0) * DAY
        self.repeat_span: int = policy.repeat_contact.days * DAY
        self.conversion_span: int = policy.conversion_days * DAY

        self.vocabularies: dict[str, Vocabulary] = {
            "queue": self.queue,
            "channel": self.channel,
            "priority": self.priority,
            "topic": self.topic,
            "scale": self.scale,
            "currency": self.currency,
            "network": self.network,
            "agent": self.agent,
        }

    def text(self, label: str, code: int) -> str:
        """Return the text of a label's code."""
        if label == "sla":
            return self.policy.sla[code].id
        return self.vocabularies[label].texts[code]
