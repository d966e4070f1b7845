"""All records of the catalogue, whatever has to be configured for them."""

from collections.abc import Iterable, Iterator
from typing import Final

from msgspec import structs

from schemas.policy import Agents, Calendar, Definitions, Policy, SlaPolicy
from schemas.settings import FILE
from schemas.shapes import Block, Scalar
from streams.kpis.catalogue import Theme, themes
from streams.kpis.kpi import Kpi, Level

# Everything that has to be asked for is asked for.
COMPLETE: Final = Policy(
    agents=Agents(enabled=True),
    calendars={"office": Calendar("UTC", {"mon-fri": ("09:00-17:00",)})},
    business_calendar="office",
    sla=(SlaPolicy(id="standard"),),
)


def definitions() -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield each KPI with several definitions, and the names of these, the default first."""
    block = next(key.shape for key in FILE.keys if key.name == "definitions")
    assert isinstance(block, Block)
    for key in block.keys:
        assert isinstance(key.shape, Scalar)
        yield key.name, tuple(key.shape.form.names())


DEFINITIONS: Final = dict(definitions())


def chapters(policy: Policy = COMPLETE) -> tuple[Theme, ...]:
    """Return the themes; of a family with several records, such as one a day, only the first."""
    return tuple(
        structs.replace(theme, kpis=first_of_each_family(theme.kpis)) for theme in themes(policy)
    )


def first_of_each_family(kpis: Iterable[Kpi]) -> tuple[Kpi, ...]:
    """Return the first record of each family, in order."""
    found: dict[str, Kpi] = {}
    for kpi in kpis:
        found.setdefault(kpi.family, kpi)
    return tuple(found.values())


def everything(policy: Policy = COMPLETE) -> tuple[Kpi | Level, ...]:
    """Return one record a family, in the order of the catalogue."""
    return tuple(record for theme in chapters(policy) for record in theme.records)


def of_definition(kpi: str, name: str) -> tuple[Kpi | Level, ...]:
    """Return the records that another definition of a KPI puts in place of the usual ones."""
    policy = structs.replace(COMPLETE, definitions=structs.replace(Definitions(), **{kpi: name}))
    usual = {record.family: record.formula for record in everything()}
    return tuple(record for record in everything(policy) if record.formula != usual[record.family])
