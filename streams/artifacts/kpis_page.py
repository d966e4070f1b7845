"""The page of KPIs: definition, formula, queries and an example of each."""

from collections.abc import Iterator

from streams.artifacts.markdown import code, name, names, page, section, table
from streams.artifacts.records import DEFINITIONS, chapters, of_definition
from streams.kpis.catalogue import Theme
from streams.kpis.kpi import CURRENCY, SCALE, SECONDS, Kpi, Level
from streams.kpis.promql import queries

INTRODUCTION = """
Every KPI and every level, by theme: what it counts, the PromQL that gives the number that a
person wants, whose definition it is, and an example that a test runs.

How to read this page:

* A ticket's *creation* is its `helpdesk.ticket.created` event. A *reply* is a public message of
  an agent; bots and private notes never are. A *solve* is the change to solved or closed, a
  *reopen* the change back, the *standing solve* the last solve if no reopen follows it. A
  *contact* of a customer is a ticket that they create, a reopen of one of their tickets, or a
  call.
* A family `helpdesk_rolling_…` has the label `window`. What lies in a window is dated by its own
  time, not by when it arrived, and leaves again when it is taken back.
* Every worker shows counts, sums and buckets of its own partitions. The queries below add them
  up first and divide last. They pin `window="7d"`; put another window there, and add `by
  (queue)` or a matcher such as `queue="tech"` where you want one.
* Where nothing happened there is no sample: a ratio of nothing is no data, not 0.
* In an example a line is an instant (UTC), a subject, what happened and its members. A line with
  `->` is what is shown at that instant over one day, by a name without its prefix; labels that
  are not named are summed over.
"""


def kpis_page(generated: str) -> str:
    """Return the page; `generated` says where it comes from."""
    themes = chapters()
    contents = "\n".join(
        f"* [{theme.title}](#{theme.title.lower().replace(' ', '-')}): {theme.sentence}"
        for theme in themes
    )
    return page("KPIs", generated, INTRODUCTION, contents, *map(chapter, themes))


def chapter(theme: Theme) -> str:
    """Return a theme with its KPIs and levels."""
    return section(2, theme.title, theme.sentence, *map(entry, theme.records))


def entry(record: Kpi | Level) -> str:
    """Return what there is to know of a family, other definitions included."""
    return section(3, record.title, *facts(record), *others(record))


def facts(record: Kpi | Level) -> Iterator[str]:
    """Yield the blocks about one definition of a family."""
    yield record.help if not record.definition else f"{record.help} {record.definition.strip()}"
    rows = [
        ("Metric", f"{name(record.name)}, {form(record)}"),
        ("Formula", record.formula),
        ("Unit", unit(record)),
        ("Labels", names(labels(record))),
        ("Over workers", aggregate(record)),
    ]
    if record.source:
        rows.append(("Definition after", record.source))
    yield table(("", ""), rows)
    yield code(
        "\n".join(f"# {query.title}\n{query.promql}" for query in queries(record)), "promql"
    )
    if record.example.settings:
        yield code(record.example.settings, "yaml")
    yield code(record.example.text)


def others(record: Kpi | Level) -> Iterator[str]:
    """Yield the other definitions of a family that the settings can put in force."""
    for kpi, definitions in DEFINITIONS.items():
        for definition in definitions[1:]:
            for other in of_definition(kpi, definition):
                if other.family == record.family:
                    title = f"{record.title} with `definitions: {{{kpi}: {definition}}}`"
                    yield section(4, title, *facts(other))


def form(record: Kpi | Level) -> str:
    """Return what kind of metric a family is."""
    if isinstance(record, Level):
        return "gauge histogram" if record.kind == "gaugehistogram" else "gauge"
    return "gauge" if record.buckets is None else "gauge histogram"


def unit(record: Kpi | Level) -> str:
    """Return the unit of a family's values."""
    if isinstance(record, Level):
        return record.unit
    if record.unit == CURRENCY:
        return "units of the label `currency`"
    if record.buckets == SECONDS:
        return "seconds"
    if record.buckets == SCALE:
        return "points of the label `scale`"
    return "ratio" if record.unit != 1 else "count"


def labels(record: Kpi | Level) -> tuple[str, ...]:
    """Return the labels of a family, `window` last."""
    extra = tuple(label for label, _ in record.extra) if isinstance(record, Kpi) else ()
    rolling = ("window",) if record.name.startswith("helpdesk_rolling_") else ()
    return (*record.labels, *(label for label in extra if label not in record.labels), *rolling)


def aggregate(record: Kpi | Level) -> str:
    """Return how to put the workers' parts together."""
    return record.aggregate if isinstance(record, Level) else "sum"
