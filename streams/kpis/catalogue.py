"""The catalogue: every rolling KPI, in the order of the docs."""

from difflib import get_close_matches
from fnmatch import fnmatchcase

from schemas.errors import DeskpulseError
from schemas.policy import Policy
from streams.kpis import (
    calls,
    contacts,
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
from streams.kpis.kpi import Kpi


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
    found = (
        *volume.KPIS,
        *responsiveness.kpis(policy),
        *resolution.kpis(policy),
        *quality.KPIS,
        *contacts.kpis(policy),
        *satisfaction.KPIS,
        *calls.KPIS,
        *revenue.KPIS,
        *voice.KPIS,
        *(people.KPIS if policy.agents.enabled else ()),
        *(service_levels.KPIS if policy.sla else ()),
    )
    names = [(kpi.family, kpi.extra) for kpi in found]
    if len(set(names)) < len(names):
        raise ValueError(f"two KPIs share a name: {sorted(names)}")
    return found
