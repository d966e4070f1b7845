"""The vocabulary of panels: a number now, a trend, bars, a table, a text.

What a panel draws is queried at the end of the time range, but for trends. Where there is no
sample it says so: "no data" is no number.
"""

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Final, NamedTuple, TypeVar

from grafana_foundation_sdk.builders import (
    bargauge,
    common,
    dashboard,
    prometheus,
    stat,
    table,
    text,
    timeseries,
)
from grafana_foundation_sdk.models import common as common_models
from grafana_foundation_sdk.models import dashboard as models
from grafana_foundation_sdk.models.prometheus import PromQueryFormat

COUNT: Final = "short"
SHARE: Final = "percentunit"
SECONDS: Final = "s"
# Points of a scale, amounts in the currency that the legend names.
PLAIN: Final = "none"
PER_SECOND: Final = "cps"
DECIMALS: Final = {SHARE: 1, PLAIN: 2, SECONDS: 1}
# The newest value, nothing where the newest is missing.
LAST: Final = "last"

SOURCE: Final = models.DataSourceRef(type_val="prometheus", uid="${datasource}")
NO_DATA: Final = "no data"
GOOD: Final = "green"
WARNING: Final = "orange"
BAD: Final = "red"
NEUTRAL: Final = "blue"

Drawn = TypeVar("Drawn", stat.Panel, timeseries.Panel, bargauge.Panel, table.Panel)
Panel = stat.Panel | timeseries.Panel | bargauge.Panel | table.Panel | text.Panel
Links = Iterable[dashboard.DashboardLink]
# Width and height; a dashboard is 24 wide.
Size = tuple[int, int]


class Query(NamedTuple):
    """A query and what its series are called; `{{queue}}` is the value of a label."""

    promql: str
    legend: str


class Limits(NamedTuple):
    """From which value on a number is what: (value, colour), rising; the first has no value.

    `by_series` has limits of single series by their names.
    """

    steps: tuple[tuple[float | None, str], ...] = ((None, NEUTRAL),)
    by_series: Mapping[str, "Limits"] = MappingProxyType({})

    def of(self, series: str, limits: "Limits") -> "Limits":
        """Return these limits, but others for one series."""
        return Limits(self.steps, {**self.by_series, series: limits})


FREE: Final = Limits()


def at_most(limit: float | None, alarm: float | None = None) -> Limits:
    """Return that a number is good below a limit, and bad from there or from the alarm on."""
    if limit is None:
        return FREE
    if alarm is None:
        return Limits(((None, GOOD), (limit, BAD)))
    return Limits(((None, GOOD), (limit, WARNING), (alarm, BAD)))


def at_least(limit: float | None) -> Limits:
    """Return that a number is good from a limit on and bad below."""
    return FREE if limit is None else Limits(((None, BAD), (limit, GOOD)))


def stat_panel(
    title: str,
    description: str,
    queries: Sequence[Query],
    unit: str,
    *,
    limits: Limits = FREE,
    links: Links = (),
    words: Mapping[str, tuple[str, str]] | None = None,
    size: Size = (6, 5),
) -> stat.Panel:
    """Return a panel that shows numbers now.

    `words` are shown in place of values: word and colour.
    """
    several = len(queries) > 1 or "{{" in queries[0].legend
    panel = dressed(stat.Panel(), title, description, queries, unit, limits, links, size)
    panel = panel.reduce_options(last()).graph_mode(common_models.BigValueGraphMode.NONE)
    panel = panel.text_mode(
        common_models.BigValueTextMode.VALUE_AND_NAME
        if several
        else common_models.BigValueTextMode.VALUE
    )
    if words is not None:
        results = {
            value: models.ValueMappingResult(text=word, color=color)
            for value, (word, color) in words.items()
        }
        panel = panel.mappings([models.ValueMap(results)])
    for name, own in limits.by_series.items():
        panel = panel.override_by_name(
            name, [models.DynamicConfigValue("thresholds", thresholds(own).build())]
        )
    return panel


def trend_panel(
    title: str,
    description: str,
    queries: Sequence[Query],
    unit: str,
    *,
    limits: Limits = FREE,
    links: Links = (),
    dashed: str | None = None,
    size: Size = (12, 8),
) -> timeseries.Panel:
    """Return a panel that shows how numbers went over the time range.

    Series whose names match `dashed` are what is wanted, not what is.
    """
    panel = dressed(timeseries.Panel(), title, description, queries, unit, limits, links, size)
    panel = (
        panel.color_scheme(dashboard.FieldColor().mode(models.FieldColorModeId.PALETTE_CLASSIC))
        .show_points(common_models.VisibilityMode.NEVER)
        .span_nulls(False)
        .legend(
            common.VizLegendOptions()
            .show_legend(True)
            .display_mode(common_models.LegendDisplayMode.LIST)
            .placement(common_models.LegendPlacement.BOTTOM)
            .calcs([LAST])
        )
        .tooltip(
            common.VizTooltipOptions()
            .mode(common_models.TooltipDisplayMode.MULTI)
            .sort(common_models.SortOrder.DESCENDING)
        )
    )
    if unit != SHARE:
        panel = panel.axis_soft_min(0)
    if limits is not FREE:
        panel = panel.thresholds_style(
            common.GraphThresholdsStyleConfig().mode(common_models.GraphThresholdsStyleMode.DASHED)
        )
    if dashed is not None:
        style = common_models.LineStyle(fill="dash", dash=[8, 8])
        panel = panel.override_by_regexp(
            dashed, [models.DynamicConfigValue("custom.lineStyle", style)]
        )
    return panel


def bars_panel(
    title: str,
    description: str,
    queries: Sequence[Query],
    unit: str,
    *,
    limits: Limits = FREE,
    links: Links = (),
    size: Size = (8, 8),
) -> bargauge.Panel:
    """Return a panel that compares numbers now, a bar each."""
    panel = dressed(bargauge.Panel(), title, description, queries, unit, limits, links, size)
    panel = (
        panel.reduce_options(last())
        .orientation(common_models.VizOrientation.HORIZONTAL)
        .display_mode(common_models.BarGaugeDisplayMode.BASIC)
        .value_mode(common_models.BarGaugeValueMode.TEXT)
        .min(0)
    )
    return panel.max(1) if unit == SHARE else panel


class Column(NamedTuple):
    """A column of numbers: what gives them, and what they are in."""

    title: str
    promql: str
    unit: str
    limits: Limits = FREE


def table_panel(
    title: str,
    description: str,
    columns: Sequence[Column],
    row: Mapping[str, str],
    *,
    links: Links = (),
    size: Size = (24, 9),
) -> table.Panel:
    """Return a table of numbers now; `row` has the heads of the labels that a row stands for."""
    queries = [Query(column.promql, column.title) for column in columns]
    panel = dressed(table.Panel(), title, description, queries, COUNT, FREE, links, size)
    heads = {f"Value #{letter(i)}": column.title for i, column in enumerate(columns)}
    panel = panel.with_transformation(models.DataTransformerConfig("merge", options={}))
    panel = panel.with_transformation(
        models.DataTransformerConfig(
            "organize",
            options={
                "excludeByName": {"Time": True, "job": True, "window": True},
                "renameByName": {**row, **heads},
            },
        )
    )
    for column in columns:
        panel = panel.override_by_name(
            column.title,
            [
                models.DynamicConfigValue("unit", column.unit),
                models.DynamicConfigValue("thresholds", thresholds(column.limits).build()),
            ],
        )
    return panel


def text_panel(title: str, markdown: str, *, size: Size = (24, 4)) -> text.Panel:
    """Return a panel of words."""
    width, height = size
    return text.Panel().title(title).content(markdown).span(width).height(height)


def dressed(
    panel: Drawn,
    title: str,
    description: str,
    queries: Sequence[Query],
    unit: str,
    limits: Limits,
    links: Links,
    size: Size,
) -> Drawn:
    """Return a panel with what all panels of numbers have."""
    width, height = size
    panel = panel.title(title).description(description).datasource(SOURCE).unit(unit)
    panel = panel.span(width).height(height).no_value(NO_DATA).thresholds(thresholds(limits))
    panel = panel.color_scheme(dashboard.FieldColor().mode(models.FieldColorModeId.THRESHOLDS))
    panel = panel.data_links(list(links))
    if unit in DECIMALS:
        panel = panel.decimals(DECIMALS[unit])
    for i, query in enumerate(queries):
        target = prometheus.Dataquery().expr(query.promql).legend_format(query.legend)
        target = target.ref_id(letter(i)).datasource(SOURCE)
        target = target.range() if isinstance(panel, timeseries.Panel) else target.instant()
        if isinstance(panel, table.Panel):
            target = target.format(PromQueryFormat.TABLE)
        panel = panel.with_target(target)
    return panel


def last() -> common.ReduceDataOptions:
    """Return that of a series the last value is shown."""
    return common.ReduceDataOptions().calcs([LAST]).fields("").values(False)


def thresholds(limits: Limits) -> dashboard.ThresholdsConfig:
    """Return limits as Grafana has them."""
    steps = [models.Threshold(value, color) for value, color in limits.steps]
    return dashboard.ThresholdsConfig().mode(models.ThresholdsMode.ABSOLUTE).steps(steps)


def letter(number: int) -> str:
    """Return A for 0, B for 1 …, as queries are called."""
    return chr(ord("A") + number)
