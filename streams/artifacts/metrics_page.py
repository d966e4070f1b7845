"""The page of metrics: every family that a worker shows, in tables."""

from streams.artifacts.kpis_page import aggregate, form, labels, unit
from streams.artifacts.markdown import name, names, page, section, table
from streams.artifacts.records import everything
from streams.exposition.pipeline import PIPELINE, PipelineFamily
from streams.kpis.kpi import Kpi, Level

INTRODUCTION = """
Every family that a worker shows on `/metrics`. Definitions, queries and examples of the KPIs are
in [kpis.md](kpis.md).

* `helpdesk_rolling_…` over windows: each value of the label `window` is one of the settings'
  `windows`; with `calendar_windows` also `today`, `this_week`, `this_month` and `this_quarter`.
  `sla_…` have all windows from 5m to 30d, whatever `windows` says.
* `helpdesk_previous_…`: with `previous_windows` every rolling family also appears under this
  name, for the window before the current one.
* A gauge histogram `x` consists of `x_bucket` with the label `le`, `x_gcount` and `x_gsum`.
* Each worker shows the part of its own partitions. *Over workers* says how to put the parts
  together.
* Families that need settings (agents, a business calendar, SLA policies) are absent without
  them.
"""


def metrics_page(generated: str) -> str:
    """Return the page; `generated` says where it comes from."""
    records = everything()
    rolling = [record for record in records if record.name.startswith("helpdesk_rolling_")]
    levels = [record for record in records if record not in rolling]
    return page(
        "Metrics",
        generated,
        INTRODUCTION,
        section(2, "Over windows", of_catalogue(rolling)),
        section(2, "Levels", of_catalogue(levels)),
        section(
            2,
            "The worker about itself",
            table(
                ("metric", "form", "labels", "over workers", "what it is"),
                map(of_pipeline, PIPELINE),
            ),
        ),
    )


def of_catalogue(records: list[Kpi | Level]) -> str:
    """Return the table of some families of the catalogue."""
    return table(
        ("metric", "form", "unit", "labels", "over workers", "what it is"),
        (
            (
                name(record.name),
                form(record),
                unit(record),
                names(labels(record)),
                aggregate(record),
                record.help,
            )
            for record in records
        ),
    )


def of_pipeline(family: PipelineFamily) -> tuple[str, ...]:
    """Return the row of a family about the worker, by the name of its samples."""
    return (
        name(family.sample),
        family.kind,
        names(family.labels),
        family.aggregate,
        family.help,
    )
