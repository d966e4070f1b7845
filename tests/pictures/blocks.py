"""Panels as HTML: numbers, bars, tables, words, and the frame of a chart."""

import json
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any, Final

from tests.pictures.answers import Trend, Value
from tests.pictures.chart import options
from tests.pictures.fields import field
from tests.pictures.look import of_series

# Pixels: the width of a column of the grid, and what is kept between two numbers; the width of a
# letter is in its size.
COLUMN: Final = 58
GAP: Final = 20
LETTER: Final = 0.55
LARGEST: Final = 44
# Heights in pixels of a line of the grid and of a row of a table.
LINE: Final = 38
ROW: Final = 29
# How the column of a query is called before it gets its name.
NUMBER: Final = "Value #"
NO_DATA: Final = '<p class="none">no data</p>'


def stat(panel: Mapping[str, Any], values: Sequence[Value]) -> str:
    """Return numbers side by side, each with its name where there are several."""
    named = panel["options"]["textMode"] == "value_and_name"
    texts = [each.field.text(each.value) for each in values]
    size = letters(panel["gridPos"]["w"], texts)
    cells = (
        f'<div style="color:{each.field.color(each.value)};font-size:{size}px">'
        f"{element('small', each.name) if named else ''}{element('b', text)}</div>"
        for each, text in zip(values, texts, strict=True)
    )
    return f'<div class="stat">{"".join(cells)}</div>'


def letters(columns: int, texts: Sequence[str]) -> int:
    """Return the size of letters, in pixels, in which texts fit side by side."""
    room = columns * COLUMN / len(texts) - GAP
    return min(LARGEST, int(room / (LETTER * max(map(len, texts)))))


def bars(panel: Mapping[str, Any], values: Sequence[Value]) -> str:
    """Return a bar for each number, as long as it is large."""
    largest = max((each.value for each in values), default=0)
    most = panel["fieldConfig"]["defaults"].get("max", largest) or 1
    rows = (
        f'{element("span", each.name)}<s><i style="width:{each.value / most:.1%};'
        f'background:{each.field.color(each.value)}"></i></s>'
        f"{element('b', each.field.text(each.value))}"
        for each in values
    )
    return f'<div class="bars">{"".join(rows)}</div>'


def table(panel: Mapping[str, Any], values: Sequence[Value]) -> str:
    """Return a table: a row for each set of labels, a column for each query.

    Its transformations are those of `table_panel`: merge the queries, then name the columns.
    Rows for which there is no room are counted.
    """
    heads: Mapping[str, str] = panel["transformations"][1]["options"]["renameByName"]
    columns = {name.removeprefix(NUMBER): head for name, head in heads.items() if NUMBER in name}
    labels = [name for name in heads if NUMBER not in name]
    rows: dict[tuple[str, ...], dict[str, str]] = {}
    for each in values:
        row = tuple(each.labels.get(name, "") for name in labels)
        text = field(panel, columns[each.query]).text(each.value)
        rows.setdefault(row, {})[each.query] = text
    lines = [
        "".join(element("td", text) for text in (*row, *(cells.get(one, "") for one in columns)))
        for row, cells in sorted(rows.items())
    ]
    room = panel["gridPos"]["h"] * LINE // ROW - 3
    more = f'<p class="more">{len(lines) - room} more below</p>' if len(lines) > room else ""
    head = "".join(element("th", name) for name in heads.values())
    return f"<table><tr>{'</tr><tr>'.join([head, *lines[:room]])}</tr></table>{more}"


def trend(panel: Mapping[str, Any], trends: Sequence[Trend]) -> str:
    """Return the frame of a chart with its options, and the legend below it."""
    drawn = escape(json.dumps(options(panel, trends)))
    return f'<div class="plot" data-options="{drawn}"></div><p class="legend">{legend(trends)}</p>'


def legend(trends: Iterable[Trend]) -> str:
    """Return the names of lines in their colours, each with its last value."""
    return "".join(
        f'<span><i style="border-color:{of_series(place)}"></i>{escape(each.name)}'
        f" <b>{escape(each.last())}</b></span>"
        for place, each in enumerate(trends)
    )


def element(tag: str, text: str) -> str:
    """Return an element that holds text."""
    return f"<{tag}>{escape(text)}</{tag}>"
