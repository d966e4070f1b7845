"""A dashboard as an HTML page, its panels where Grafana puts them."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from typing import Any, Final

from schemas.scalars import SECOND
from tests.dashboards.asked import Asked
from tests.dashboards.reading import variables
from tests.monitoring.prometheus import Prometheus
from tests.pictures.answers import trends, values
from tests.pictures.blocks import NO_DATA, bars, element, stat, table, trend

STYLE: Final = (Path(__file__).parent / "page.css").read_text("utf-8")
BLOCKS: Final = {"stat": stat, "bargauge": bars, "table": table}
CHARTS: Final = """
import { echarts } from "./echarts/index.js";
await document.fonts.ready;
for (const plot of document.querySelectorAll(".plot"))
  echarts.init(plot).setOption(JSON.parse(plot.dataset.options));
document.body.dataset.drawn = "yes";
"""


def page(dashboard: Mapping[str, Any], prometheus: Prometheus, asked: Asked) -> str:
    """Return the page of a dashboard as it looks before anybody opens a folded row."""
    parts = "".join(block(panel, prometheus, asked) for panel in dashboard["panels"])
    return f"""<!doctype html><html lang="en"><meta charset="utf-8">
<title>{escape(dashboard["title"])}</title>
<link rel="icon" href="data:,"><link rel="stylesheet" href="static/fonts.css">
<style>{STYLE}</style>
<header><div>{element("h1", dashboard["title"])}{element("p", dashboard["description"])}</div>
{"".join(choices(dashboard, asked))}</header><main>{parts}</main>
<script type="module">{CHARTS}</script></html>"""


def choices(dashboard: Mapping[str, Any], asked: Asked) -> Iterator[str]:
    """Yield the variables with what is chosen, and the time range."""
    for name, variable in variables(dict(dashboard)).items():
        if name != "datasource":
            value = asked.variables[name]
            shown = "All" if value == variable.get("allValue") else value
            yield f"<label>{escape(variable['label'])} {element('b', shown)}</label>"
    end = datetime.fromtimestamp(asked.end / SECOND, UTC)
    yield f"<label>24 hours until <b>{end:%a %d %b %Y, %H:%M} UTC</b></label>"


def block(panel: Mapping[str, Any], prometheus: Prometheus, asked: Asked) -> str:
    """Return a panel at its place, or the heading of a row."""
    at = panel["gridPos"]
    place = f"grid-area:{at['y'] + 1}/{at['x'] + 1}/span {at['h']}/span {at['w']}"
    if panel["type"] == "row":
        folded = f" <small>({len(panel['panels'])} panels)</small>" if panel["collapsed"] else ""
        sign = "▸" if panel["collapsed"] else "▾"
        return f'<h2 style="{place}"><i>{sign}</i> {escape(panel["title"])}{folded}</h2>'
    shown = inside(panel, prometheus, asked)
    return f'<section style="{place}">{element("h3", panel["title"])}{shown}</section>'


def inside(panel: Mapping[str, Any], prometheus: Prometheus, asked: Asked) -> str:
    """Return what a panel shows."""
    if panel["type"] == "text":
        return element("p", panel["options"]["content"])
    if panel["type"] == "timeseries":
        lines = list(trends(prometheus, panel, asked))
        return trend(panel, lines) if lines else NO_DATA
    found = list(values(prometheus, panel, asked))
    return BLOCKS[panel["type"]](panel, found) if found else NO_DATA
