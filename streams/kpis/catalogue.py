"""The catalogue: every KPI and every level by theme, in the order of the docs."""

from difflib import get_close_matches
from fnmatch import fnmatchcase

from msgspec import Struct

from schemas.errors import DeskpulseError
from schemas.policy import Policy
from streams.kpis import (
    availability,
    backlog,
    calls,
    configured,
    contacts,
    durations,
    people,
    quality,
    resolution,
    responsiveness,
    revenue,
    satisfaction,
    service_levels,
    voice,
    volume,
)
from streams.kpis.kpi import Kpi, Level


def catalogue(policy: Policy) -> tuple[Kpi, ...]:
    """Return the KPIs that this policy asks for.

    Raises DeskpulseError for a family to disable that does not exist.
    """
    found = everything(policy)
    disabled = policy.kpis.disable
    for pattern in disabled:
        if not any(fnmatchcase(kpi.family, pattern) for kpi in found):
            raise unknown(pattern, {kpi.family for kpi in found})
    return tuple(
        kpi for kpi in found if not any(fnmatchcase(kpi.family, name) for name in disabled)
    )


def unknown(pattern: str, families: set[str]) -> DeskpulseError:
    """Return the error of a family that does not exist, with the nearest that does."""
    nearest = get_close_matches(pattern, families, 1)
    hint = f'Did you mean "{nearest[0]}"?' if nearest else "docs/reference/kpis.md lists them."
    return DeskpulseError(f'kpis.disable = "{pattern}" is no KPI of this configuration.', hint)


def everything(policy: Policy) -> tuple[Kpi, ...]:
    """Return all KPIs of this policy. Raises ValueError if two share a name."""
    found = tuple(kpi for theme in themes(policy) for kpi in theme.kpis)
    names = [(kpi.family, kpi.extra) for kpi in found]
    if len(set(names)) < len(names):
        raise ValueError(f"two KPIs share a name: {sorted(names)}")
    return found


class Theme(Struct, frozen=True):
    """A chapter of the catalogue; `sentence` says what it is about."""

    title: str
    sentence: str
    kpis: tuple[Kpi, ...] = ()
    levels: tuple[Level, ...] = ()

    @property
    def records(self) -> tuple[Kpi | Level, ...]:
        """All of them."""
        return (*self.kpis, *self.levels)


def themes(policy: Policy) -> tuple[Theme, ...]:
    """Return the KPIs of this policy and all levels, by theme."""
    return (
        Theme("Volume", said(volume.__doc__), volume.KPIS),
        Theme("Backlog", said(backlog.__doc__), levels=backlog.LEVELS),
        Theme("Responsiveness", said(responsiveness.__doc__), responsiveness.kpis(policy)),
        Theme("Resolution", said(resolution.__doc__), resolution.kpis(policy)),
        Theme("Durations", said(durations.__doc__), durations.kpis(policy)),
        Theme("Quality", said(quality.__doc__), quality.KPIS),
        Theme("Contacts", said(contacts.__doc__), contacts.kpis(policy)),
        Theme("Satisfaction", said(satisfaction.__doc__), satisfaction.kpis(policy)),
        Theme("Calls", said(calls.__doc__), calls.KPIS),
        Theme("Availability", said(availability.__doc__), levels=availability.LEVELS),
        Theme("Revenue and cost", said(revenue.__doc__), revenue.kpis(policy)),
        Theme("Voice of others", said(voice.__doc__), voice.KPIS),
        Theme("Agents", said(people.__doc__), people.kpis(policy)),
        Theme(
            "Service levels",
            said(service_levels.__doc__),
            service_levels.kpis(policy),
            service_levels.LEVELS,
        ),
        Theme("Configuration", said(configured.__doc__), levels=configured.LEVELS),
    )


def said(docstring: str | None) -> str:
    """Return the first line of a module's docstring."""
    return (docstring or "").partition("\n")[0]
