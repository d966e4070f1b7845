"""A trend as options of ECharts."""

from collections.abc import Mapping, Sequence
from math import ceil, floor, isnan
from typing import Any, Final

from tests.pictures.answers import Trend
from tests.pictures.look import FAINT, LINE, NAMED, of_series
from tests.pictures.units import Scale, scale

LABEL: Final = {"color": FAINT, "fontSize": 12, "hideOverlap": True}
GRID: Final = {"show": True, "lineStyle": {"color": LINE}}


def options(panel: Mapping[str, Any], trends: Sequence[Trend]) -> dict[str, Any]:
    """Return the chart of a panel; its legend is not part of it."""
    defaults = panel["fieldConfig"]["defaults"]
    shown = [value for trend in trends for _, value in trend.points if value is not None]
    known = [value for value in shown if not isnan(value)]
    used = scale(defaults["unit"], max(map(abs, known), default=0))
    lines = [line(trend, place, used) for place, trend in enumerate(trends)]
    if lines and "thresholdsStyle" in defaults["custom"]:
        lines[0]["markLine"] = limits(trends[0], used)
    return {
        "animation": False,
        "useUTC": True,
        "textStyle": {"fontFamily": "Roboto, sans-serif"},
        "grid": {"left": 4, "right": 14, "top": 10, "bottom": 2, "containLabel": True},
        "xAxis": {
            "type": "time",
            "axisLine": {"lineStyle": {"color": LINE}},
            "axisTick": {"show": False},
            "axisLabel": {**LABEL, "formatter": "{HH}:{mm}"},
            "splitLine": GRID,
        },
        "yAxis": {
            "type": "value",
            "splitNumber": 4,
            "axisLabel": {**LABEL, "formatter": "{value}" + used.suffix},
            "splitLine": GRID,
            **reach([value / used.divisor for value in known], defaults),
        },
        "series": lines,
    }


def reach(values: Sequence[float], defaults: Mapping[str, Any]) -> dict[str, Any]:
    """Return from where to where the axis of values goes, if not from what to what they go.

    Shares are looked at closely; they do not go beyond 100 % unless some do.
    """
    if not values:
        return {}
    low, high = min(values), max(values)
    if defaults["unit"] != "percentunit":
        return {"min": 0} if low >= 0 and "axisSoftMin" in defaults["custom"] else {}
    step = next((step for step in (1, 2, 5, 10, 20) if (high - low) / step <= 4), 50)
    return {"interval": step, "min": floor(low / step) * step, "max": ceil(high / step) * step}


def line(trend: Trend, place: int, used: Scale) -> dict[str, Any]:
    """Return one line; where there is no value there is a gap."""
    data = [
        [at, None if value is None or isnan(value) else value / used.divisor]
        for at, value in trend.points
    ]
    kind = "dashed" if trend.field.dashed else "solid"
    return {
        "name": trend.name,
        "type": "line",
        "showSymbol": False,
        "lineStyle": {"width": 1.6, "color": of_series(place), "type": kind},
        "data": data,
    }


def limits(trend: Trend, used: Scale) -> dict[str, Any]:
    """Return the limits of a panel as dashed lines across it."""
    return {
        "silent": True,
        "symbol": "none",
        "label": {"show": False},
        "data": [
            {
                "yAxis": least / used.divisor,
                "lineStyle": {"color": NAMED[color], "type": "dashed", "width": 1.4},
            }
            for least, color in trend.field.steps[1:]
        ],
    }
