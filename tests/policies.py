"""Invented policies, from a random source: lists, windows, calendars and service levels."""

from random import Random
from typing import Final

from schemas.policy import (
    ActiveContactResolution,
    Agents,
    Calendar,
    CalendarWindows,
    Conversion,
    Definitions,
    Dimensions,
    FirstContactResolution,
    Kpis,
    Policy,
    RepeatContact,
    SlaPolicy,
    SlaTargets,
)
from schemas.scalars import DAY, HOUR, MINUTE
from tests.histories import SPRING

WINDOWS: Final = ("5m", "30m", "1h", "2h", "6h", "1d", "3d", "7d", "30d", "90d")
CALENDARS: Final = {
    "office": Calendar("Europe/Warsaw", {"mon-fri": ("09:00-17:00",)}, ("2026-03-30",)),
    "split": Calendar("Europe/Rome", {"mon-fri": ("09:00-13:00", "14:00-18:00")}),
    "night": Calendar("Europe/Warsaw", {"fri-mon": ("22:00-06:00",), "tue": ("00:00-24:00",)}),
    "around_the_change": Calendar("Europe/Warsaw", {"sat,sun": ("01:30-02:30", "02:45-03:15")}),
    "new_york": Calendar("America/New_York", {"mon-sun": ("08:00-20:00", "19:00-21:00")}),
    "closed": Calendar("UTC", {}),
}
TARGETS: Final = (MINUTE, 15 * MINUTE, 15 * MINUTE, HOUR, HOUR, 8 * HOUR, DAY)
MATCHES: Final[tuple[dict[str, tuple[str, ...]], ...]] = (
    {},
    {},
    {"priority": ("urgent",)},
    {"priority": ("high", "urgent"), "queue": ("tech",)},
    {"channel": ("chat", "phone")},
    {"topic": ("größe",)},
)
KPI_TARGETS: Final[tuple[dict[str, float | dict[str, float]], ...]] = (
    {},
    {"csat_mean": 4.5, "unresolved_tickets": {"tech": 200}},
)
CALENDAR_WINDOWS: Final = (
    None,
    CalendarWindows("Europe/Warsaw"),
    CalendarWindows("America/Havana", "sun"),
    CalendarWindows("Pacific/Apia", "sat"),
)
# Without families that count what tickets say about customers, while agents are off.
NO_CUSTOMERS: Final = Kpis(
    disable=(
        "contacts*",
        "fcr_eligible",
        "fcr_resolved",
        "acr_*",
        "tickets_converted",
        "revenue_*",
    )
)
PAUSES: Final = (("pending",), ("pending",), (), ("pending", "hold"), ("hold", "new"))


def policy(random: Random) -> Policy:
    """Return a policy; everything is off about half of the time."""
    return Policy(
        dimensions=Dimensions(
            queue=random.choice(((), (), ("billing", "tech"))),
            channel=random.choice(((), (), ("email", "chat"))),
            priority=random.choice(((), ("low", "high", "urgent"))),
            topic=random.choice(((), ("refund",))),
        ),
        windows=random.choice((("1h", "1d", "7d", "30d", "90d"), windows(random))),
        previous_windows=random.choice(((), windows(random))),
        calendar_windows=random.choice(CALENDAR_WINDOWS),
        agents=Agents(
            enabled=bool(random.randrange(2)), allow=random.choice(((), ("ann", "bob")))
        ),
        fcr=FirstContactResolution(
            days=random.choice((7, 1)),
            same_topic=bool(random.randrange(2)),
            session_channels=random.choice((("chat", "phone"), ())),
        ),
        acr=ActiveContactResolution(days=random.choice(((1, 2, 3), (2,)))),
        repeat_contact=RepeatContact(days=random.choice((7, 1))),
        conversion=Conversion(days=random.choice((2, 1))),
        calendars=CALENDARS,
        business_calendar=random.choice((None, *CALENDARS)),
        channel_calendars=random.choice(({}, {"phone": "office", "chat": "night"})),
        sla=tuple(service_level(random, number) for number in range(random.randrange(4))),
        targets=random.choice(KPI_TARGETS),
        benchmarks=random.choice(({}, {"csat_mean": {"industry": 4.1}})),
        definitions=definitions(random),
    )


def definitions(random: Random) -> Definitions:
    """Return the contract's own definitions about half of the time."""
    return Definitions(
        fcr=random.choice(("deskpulse",) * 3 + ("freshservice", "intercom", "zoho")),
        one_touch=random.choice(("deskpulse", "deskpulse", "zendesk", "zendesk_messaging")),
        csat=random.choice(("deskpulse", "zendesk")),
        conversion=random.choice(("deskpulse", "gorgias")),
    )


def windows(random: Random) -> tuple[str, ...]:
    """Return some windows, in their order."""
    return tuple(name for name in WINDOWS if random.randrange(3) == 0) or ("1d",)


def service_level(random: Random, number: int) -> SlaPolicy:
    return SlaPolicy(
        id=f"sla-{number}",
        match=random.choice(MATCHES),
        targets=SlaTargets(
            first_response=random.choice((None, *TARGETS)),
            next_reply=random.choice((None, *TARGETS)),
            resolution=random.choice((None, *TARGETS)),
        ),
        calendar=random.choice((None, None, None, *CALENDARS)),
        pause_on=random.choice(PAUSES),
        objective=random.choice((None, 0.95)),
        due_soon=random.choice((None, None, 15 * MINUTE)),
        effective_from=random.choice((None, None, None, SPRING)),
        effective_to=random.choice((None, None, None, SPRING + HOUR)),
    )
