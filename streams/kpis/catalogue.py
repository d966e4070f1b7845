"""The catalogue: every rolling KPI, in the order of the docs."""

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
    """Return the KPIs that this policy asks for. Raises ValueError if two share a name."""
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
