"""The part of the settings that may change a number. Durations are milliseconds."""

from msgspec import Struct

from schemas.scalars import DAY, MINUTE


class Dimensions(Struct, frozen=True):
    """Listed values of the label dimensions; an empty list takes every value."""

    queue: tuple[str, ...] = ()
    channel: tuple[str, ...] = ()
    priority: tuple[str, ...] = ()
    topic: tuple[str, ...] = ()


class Agents(Struct, frozen=True):
    """Per-agent families: off unless enabled; an empty allow-list takes up to `max` agents."""

    enabled: bool = False
    allow: tuple[str, ...] = ()
    max: int = 100


class FirstContactResolution(Struct, frozen=True):
    """When a first solve counts as resolved at first contact."""

    days: int = 7
    same_topic: bool = False
    session_channels: tuple[str, ...] = ("chat", "phone")


class ActiveContactResolution(Struct, frozen=True):
    """After how many days without a call-back an interaction counts as resolved."""

    days: tuple[int, ...] = (1, 2, 3)


class RepeatContact(Struct, frozen=True):
    """How many days back an earlier contact makes a contact a repeat."""

    days: int = 7


class Conversion(Struct, frozen=True):
    """How many days after its creation a ticket may be credited with an order."""

    days: int = 5


class Calendar(Struct, frozen=True):
    """Opening hours as configured: day ranges -> intervals "09:00-17:00"; holidays as dates."""

    zone: str
    hours: dict[str, tuple[str, ...]]
    holidays: tuple[str, ...] = ()


class SlaTargets(Struct, frozen=True):
    """Targets in milliseconds of the policy's calendar; None: no such target."""

    first_response: int | None = None
    next_reply: int | None = None
    resolution: int | None = None


class SlaPolicy(Struct, frozen=True, kw_only=True):
    """A service level agreement. `effective_from` <= creation < `effective_to`, milliseconds."""

    id: str
    match: dict[str, tuple[str, ...]] = {}
    targets: SlaTargets = SlaTargets()
    calendar: str | None = None
    pause_on: tuple[str, ...] = ("pending",)
    objective: float | None = None
    due_soon: int | None = None
    effective_from: int | None = None
    effective_to: int | None = None


class Policy(Struct, frozen=True, kw_only=True):
    """Everything but events and time that a KPI depends on."""

    max_skew: int = 5 * MINUTE
    horizon: int = 400 * DAY
    max_label_values: int = 50
    dimensions: Dimensions = Dimensions()
    windows: tuple[str, ...] = ("1h", "1d", "7d", "30d", "90d")
    previous_windows: tuple[str, ...] = ()
    agents: Agents = Agents()
    fcr: FirstContactResolution = FirstContactResolution()
    acr: ActiveContactResolution = ActiveContactResolution()
    repeat_contact: RepeatContact = RepeatContact()
    conversion: Conversion = Conversion()
    calendars: dict[str, Calendar] = {}
    business_calendar: str | None = None
    channel_calendars: dict[str, str] = {}
    sla: tuple[SlaPolicy, ...] = ()
    targets: dict[str, float | dict[str, float]] = {}
    benchmarks: dict[str, dict[str, float]] = {}
