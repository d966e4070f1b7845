"""The part of the settings that may change a number. Durations are milliseconds."""

from typing import Annotated, Final

from msgspec import Meta, Struct

from schemas import forms
from schemas.forms import words
from schemas.scalars import DAY, MINUTE
from schemas.shapes import OneOrMore

WINDOW_NAMES: Final = ("5m", "30m", "1h", "2h", "6h", "1d", "3d", "7d", "30d", "90d")
ATTRIBUTE_NAMES: Final = ("queue", "channel", "priority", "topic", "customer", "agent")
WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
UNRESOLVED: Final = ("new", "open", "pending", "hold")

# Gorgias' converted tickets: an order within so many days.
GORGIAS_DAYS: Final = 3

Window = Annotated[str, words(*WINDOW_NAMES)]
Attribute = Annotated[str, words(*ATTRIBUTE_NAMES)]
PausingStatus = Annotated[str, words(*UNRESOLVED)]
Duration = Annotated[int, forms.POSITIVE_DURATION]
Days = Annotated[int, forms.whole(1, 3660)]
Label = Annotated[str, forms.LABEL]
Labels = tuple[Label, ...]
Values = tuple[str, ...]


class Dimensions(Struct, frozen=True):
    """Listed values of the label dimensions; an empty list takes every value."""

    queue: Annotated[Labels, Meta(description="Queues shown by name; others are `other`.")] = ()
    channel: Annotated[Labels, Meta(description="Channels shown by name.")] = ()
    priority: Annotated[Labels, Meta(description="Priorities shown by name.")] = ()
    topic: Annotated[Labels, Meta(description="Topics shown by name.")] = ()


class Kpis(Struct, frozen=True):
    """Which KPIs are kept. A family that is switched off costs nothing."""

    disable: Annotated[
        Values,
        Meta(
            description="Families that are left out, by name without prefix; "
            "`*` and `?` stand for any signs."
        ),
    ] = ()


class CalendarWindows(Struct, frozen=True):
    """Windows that begin at local midnight: today, this week, this month, this quarter."""

    zone: Annotated[
        Annotated[str, forms.ZONE], Meta(description="Time zone whose midnights they begin at.")
    ]
    week_starts: Annotated[
        Annotated[str, words(*WEEKDAYS)], Meta(description="First day of the week.")
    ] = "mon"


class Agents(Struct, frozen=True):
    """Per-agent families: off unless enabled; an empty allow-list takes up to `max` agents."""

    enabled: Annotated[bool, Meta(description="Whether there are KPIs per agent.")] = False
    allow: Annotated[
        Labels, Meta(description="Agents shown by name; an empty list takes every agent.")
    ] = ()
    max: Annotated[
        Annotated[int, forms.whole(1, 100_000)],
        Meta(description="Most agents shown where `allow` is empty; later ones are `other`."),
    ] = 100


class FirstContactResolution(Struct, frozen=True):
    """When a first solve counts as resolved at first contact."""

    days: Annotated[
        Days, Meta(description="Days after the first solve without a further contact.")
    ] = 7
    same_topic: Annotated[
        bool, Meta(description="Whether only contacts of the same topic count against it.")
    ] = False
    session_channels: Annotated[
        Values,
        Meta(description="Channels on which customer messages are part of one conversation."),
    ] = ("chat", "phone")


class ActiveContactResolution(Struct, frozen=True):
    """After how many days without a call-back an interaction counts as resolved."""

    days: Annotated[
        tuple[Days, ...], Meta(description="Days without a further contact, one KPI each.")
    ] = (1, 2, 3)


class RepeatContact(Struct, frozen=True):
    """How many days back an earlier contact makes a contact a repeat."""

    days: Annotated[
        Days, Meta(description="Days back in which an earlier contact makes a repeat.")
    ] = 7


class Conversion(Struct, frozen=True):
    """How many days after its creation a ticket may be credited with an order."""

    days: Annotated[
        Days, Meta(description="Days after its creation in which a ticket earns an order.")
    ] = 5


class Definitions(Struct, frozen=True):
    """Whose definition of a KPI is in force, to compare with the number that a helpdesk shows."""

    fcr: Annotated[
        Annotated[str, words("deskpulse", "freshservice", "intercom", "zoho")],
        Meta(description="First contact resolution."),
    ] = "deskpulse"
    one_touch: Annotated[
        Annotated[str, words("deskpulse", "zendesk", "zendesk_messaging")],
        Meta(description="Tickets resolved in one touch."),
    ] = "deskpulse"
    csat: Annotated[
        Annotated[str, words("deskpulse", "zendesk")],
        Meta(description="Customer satisfaction: all scores, or good and bad ones."),
    ] = "deskpulse"
    conversion: Annotated[
        Annotated[str, words("deskpulse", "gorgias")],
        Meta(description="Tickets that led to an order; `gorgias` takes 3 days."),
    ] = "deskpulse"


class Calendar(Struct, frozen=True):
    """Opening hours as configured: day ranges -> intervals "09:00-17:00"; holidays as dates."""

    zone: Annotated[Annotated[str, forms.ZONE], Meta(description="Time zone of the hours.")]
    hours: Annotated[
        dict[
            Annotated[str, forms.DAY_RANGES],
            Annotated[tuple[Annotated[str, forms.OPENING], ...], OneOrMore],
        ],
        Meta(description="Open intervals by days; an end not after its start is the next day."),
    ]
    holidays: Annotated[
        tuple[Annotated[str, forms.DATE], ...],
        Meta(description="Local dates on which no interval begins."),
    ] = ()


class SlaTargets(Struct, frozen=True):
    """Targets in milliseconds of the policy's calendar; None: no such target."""

    first_response: Annotated[
        Duration | None, Meta(description="From creation to the first reply.")
    ] = None
    next_reply: Annotated[
        Duration | None, Meta(description="From a later customer message to the reply.")
    ] = None
    resolution: Annotated[
        Duration | None, Meta(description="Unresolved time from creation, pauses left out.")
    ] = None


class SlaPolicy(Struct, frozen=True, kw_only=True):
    """A service level agreement. `effective_from` <= creation < `effective_to`, milliseconds."""

    id: Annotated[Label, Meta(description="Name in the label `sla`; a new version has a new one.")]
    match: Annotated[
        dict[Attribute, Annotated[tuple[str, ...], OneOrMore]],
        Meta(description="Values of attributes that a ticket must have; empty matches every one."),
    ] = {}
    targets: Annotated[SlaTargets, Meta(description="The times that are promised.")] = SlaTargets()
    calendar: Annotated[
        str | None, Meta(description="Calendar in which targets count; absent: all time.")
    ] = None
    pause_on: Annotated[
        tuple[PausingStatus, ...],
        Meta(description="Statuses in which the clock of the resolution stands still."),
    ] = ("pending",)
    objective: Annotated[
        Annotated[float, forms.SHARE] | None,
        Meta(description="Share of targets that shall be met."),
    ] = None
    due_soon: Annotated[
        Duration | None,
        Meta(description="Time left at which a target is due soon; absent: a quarter of it."),
    ] = None
    effective_from: Annotated[
        Annotated[int, forms.INSTANT] | None,
        Meta(description="First creation that it matches; absent: always."),
    ] = None
    effective_to: Annotated[
        Annotated[int, forms.INSTANT] | None,
        Meta(description="First creation that it no longer matches; absent: never."),
    ] = None


class Policy(Struct, frozen=True, kw_only=True):
    """Everything but events and time that a KPI depends on."""

    max_skew: Annotated[
        Annotated[int, forms.ANY_DURATION],
        Meta(description="How far ahead of the clock an event's time may be."),
    ] = 5 * MINUTE
    horizon: Annotated[
        Duration, Meta(description="How old an event may be; older tickets are forgotten.")
    ] = 400 * DAY
    max_label_values: Annotated[
        Annotated[int, forms.whole(1, 100_000)],
        Meta(description="Most values of a label without a configured list; later are `other`."),
    ] = 50
    dimensions: Annotated[Dimensions, Meta(description="Listed values of labels.")] = Dimensions()
    windows: Annotated[
        tuple[Window, ...], Meta(description="Rolling windows; those of SLAs are 5m to 30d.")
    ] = ("1h", "1d", "7d", "30d", "90d")
    calendar_windows: Annotated[
        CalendarWindows | None,
        Meta(description="Windows from local midnight on, beside `windows`; absent: none."),
    ] = None
    previous_windows: Annotated[
        tuple[Window, ...],
        Meta(description="Windows for which the window before is shown too, for trends."),
    ] = ()
    kpis: Annotated[Kpis, Meta(description="Which KPIs are kept.")] = Kpis()
    agents: Annotated[Agents, Meta(description="KPIs per agent.")] = Agents()
    fcr: Annotated[FirstContactResolution, Meta(description="First contact resolution.")] = (
        FirstContactResolution()
    )
    acr: Annotated[
        ActiveContactResolution, Meta(description="Resolution without a call-back.")
    ] = ActiveContactResolution()
    repeat_contact: Annotated[
        RepeatContact, Meta(description="Repeated contacts of a customer.")
    ] = RepeatContact()
    conversion: Annotated[
        Conversion, Meta(description="Orders that tickets are credited with.")
    ] = Conversion()
    definitions: Annotated[
        Definitions, Meta(description="Whose definitions are in force where the market differs.")
    ] = Definitions()
    calendars: Annotated[
        dict[str, Calendar], Meta(description="Opening hours, by a name of your choice.")
    ] = {}
    business_calendar: Annotated[
        str | None, Meta(description="Calendar of business time; absent: no business metrics.")
    ] = None
    channel_calendars: Annotated[
        dict[str, str], Meta(description="Calendar in which a channel is promised, by channel.")
    ] = {}
    sla: Annotated[
        tuple[SlaPolicy, ...],
        Meta(description="Service level agreements; the first that matches a ticket applies."),
    ] = ()
    targets: Annotated[
        dict[str, float | dict[Label, float]],
        Meta(description="Targets of KPIs, for all or by queue, shown beside them."),
    ] = {}
    benchmarks: Annotated[
        dict[str, dict[Label, float]],
        Meta(description="Benchmarks of KPIs by source, shown beside them."),
    ] = {}

    @property
    def conversion_days(self) -> int:
        """Days after its creation in which a ticket earns an order, by the definition in force."""
        return GORGIAS_DAYS if self.definitions.conversion == "gorgias" else self.conversion.days
