"""What a panel says is what its picture shows."""

import json
import math
from collections.abc import Mapping
from typing import Any

import pytest
from grafana_foundation_sdk.cog.encoder import JSONEncoder

from streams.artifacts.dashboards.panels import (
    COUNT,
    SECONDS,
    SHARE,
    Column,
    Limits,
    Panel,
    Query,
    at_least,
    at_most,
    bars_panel,
    stat_panel,
    table_panel,
    trend_panel,
)
from streams.artifacts.dashboards.wanted import DASHED
from tests.dashboards.asked import called
from tests.pictures.answers import Trend, Value
from tests.pictures.blocks import bars, legend, letters, stat, table
from tests.pictures.chart import options
from tests.pictures.fields import field
from tests.pictures.look import NAMED, of_series

QUERIES = [Query("up", "now"), Query("up", "before")]


def as_json(panel: Panel) -> dict[str, Any]:
    """Return a panel as a dashboard's file has it."""
    built = panel.build()
    text = json.dumps(built, cls=JSONEncoder)
    found: dict[str, Any] = json.loads(text)
    return found


def value(
    panel: Mapping[str, Any], name: str, number: float, query: str = "A", **labels: str
) -> Value:
    """Return a value of a series of a panel."""
    return Value(name, field(panel, name), labels, query, number)


def trend(panel: Mapping[str, Any], name: str, *numbers: float | None) -> Trend:
    """Return a line of a panel, a minute between two points."""
    points = tuple((place * 60_000, number) for place, number in enumerate(numbers))
    return Trend(name, field(panel, name), points)


def test_a_series_is_called_by_its_labels() -> None:
    assert called("{{queue}} on {{scale}}", {"queue": "tech", "scale": "1-5"}) == "tech on 1-5"
    assert called("{{queue}}", {}) == ""


@pytest.mark.parametrize(
    ("number", "color"), [(0.0, "green"), (3599.9, "green"), (3600.0, "orange"), (9e9, "red")]
)
def test_a_limit_colours_what_reaches_it(number: float, color: str) -> None:
    panel = as_json(stat_panel("?", ".", QUERIES, SECONDS, limits=at_most(3600, 7200)))
    assert field(panel, "now").color(number) == NAMED[color]


def test_a_series_may_have_limits_of_its_own() -> None:
    limits = Limits(by_series={"now": at_least(0.9)})
    panel = as_json(stat_panel("?", ".", QUERIES, SHARE, limits=limits))
    assert field(panel, "now").color(0.8) == NAMED["red"]
    assert field(panel, "before").color(0.8) == NAMED["blue"]


def test_words_take_the_place_of_values() -> None:
    words = {"0": ("down", "red"), "1": ("up", "green")}
    panel = as_json(stat_panel("?", ".", QUERIES[:1], COUNT, words=words))
    shown = field(panel, "now")
    assert (shown.text(0.0), shown.color(0.0)) == ("down", NAMED["red"])
    assert (shown.text(2.0), shown.color(2.0)) == ("2", NAMED["blue"])


def test_a_number_has_its_name_where_there_are_several() -> None:
    several, one = (
        as_json(stat_panel("?", ".", queries, SECONDS)) for queries in (QUERIES, QUERIES[:1])
    )
    assert "<small>now</small><b>1 h</b>" in stat(several, [value(several, "now", 3600)])
    assert "<small>" not in stat(one, [value(one, "now", 3600)])


def test_numbers_are_written_as_large_as_they_fit_side_by_side() -> None:
    assert letters(6, ["8"]) == letters(24, ["8", "9"])
    assert letters(6, ["1 h 27 min"] * 3) < letters(8, ["1 h 27 min"] * 3) < letters(6, ["8"])


def test_what_comes_from_labels_is_written_as_text() -> None:
    panel = as_json(bars_panel("?", ".", QUERIES, COUNT))
    assert "<script>" not in bars(panel, [value(panel, "<script>", 1)])
    assert "<script>" not in legend([trend(panel, "<script>", 1)])


def test_bars_are_as_long_as_their_numbers() -> None:
    counts, shares = (as_json(bars_panel("?", ".", QUERIES, unit)) for unit in (COUNT, SHARE))
    drawn = bars(counts, [value(counts, "a", 4), value(counts, "b", 1)])
    assert "width:100.0%" in drawn
    assert "width:25.0%" in drawn
    assert "width:50.0%" in bars(shares, [value(shares, "a", 0.5)])
    assert "width:0.0%" in bars(counts, [value(counts, "a", 0)])


def test_a_table_has_a_row_for_each_label_and_says_what_there_is_no_room_for() -> None:
    columns = [Column("Solved", "a", COUNT), Column("Within", "b", SECONDS)]
    panel = as_json(table_panel("?", ".", columns, {"agent": "Agent"}, size=(24, 9)))
    few = [
        value(panel, "", 7200, "B", agent="ines"),
        value(panel, "", 4, "A", agent="ines"),
        value(panel, "", 2, "A", agent="hugo"),
    ]
    rows = "<td>hugo</td><td>2</td><td></td></tr><tr><td>ines</td><td>4</td><td>2 h</td>"
    heads = "<th>Agent</th><th>Solved</th><th>Within</th>"
    assert table(panel, few) == f"<table><tr>{heads}</tr><tr>{rows}</tr></table>"
    many = [value(panel, "", 1, "A", agent=f"a{number}") for number in range(40)]
    shown = table(panel, many)
    assert f"{40 - shown.count('<td>a')} more below" in shown


def test_a_line_has_gaps_where_there_is_no_number_and_axes_in_fitting_units() -> None:
    panel = as_json(trend_panel("?", ".", QUERIES, SECONDS))
    drawn = options(panel, [trend(panel, "now", 7200, None, math.nan, 3600)])
    assert [number for _, number in drawn["series"][0]["data"]] == [2, None, None, 1]
    assert drawn["yAxis"]["axisLabel"]["formatter"] == "{value} h"
    assert drawn["yAxis"]["min"] == 0
    assert options(panel, [])["series"] == []


def test_lines_have_the_colours_of_the_legend() -> None:
    panel = as_json(trend_panel("?", ".", QUERIES, COUNT))
    lines = [trend(panel, "now", 1, 2), trend(panel, "before", 2, None)]
    drawn = [line["lineStyle"]["color"] for line in options(panel, lines)["series"]]
    assert drawn == [of_series(0), of_series(1)]
    said = legend(lines)
    assert said.index(drawn[0]) < said.index("now <b>2</b>") < said.index(drawn[1])
    assert "before <b></b>" in said


def test_what_is_wanted_is_dashed_and_limits_go_across() -> None:
    queries = [*QUERIES, Query("up", "target")]
    panel = as_json(trend_panel("?", ".", queries, SECONDS, limits=at_most(3600), dashed=DASHED))
    lines = [trend(panel, name, 7200) for name in ("now", "target")]
    drawn = options(panel, lines)["series"]
    assert [line["lineStyle"]["type"] for line in drawn] == ["solid", "dashed"]
    (limit,) = drawn[0]["markLine"]["data"]
    assert (limit["yAxis"], limit["lineStyle"]["color"]) == (1, NAMED["red"])
    free = as_json(trend_panel("?", ".", queries, SECONDS))
    assert "markLine" not in options(free, [trend(free, "now", 1)])["series"][0]


@pytest.mark.parametrize(
    ("low", "high", "axis"),
    [(0.66, 0.972, (60, 100, 10)), (0.391, 0.402, (39, 41, 1)), (0, 1, (0, 100, 50))],
)
def test_shares_are_looked_at_closely(low: float, high: float, axis: tuple[int, int, int]) -> None:
    panel = as_json(trend_panel("?", ".", QUERIES, SHARE))
    drawn = options(panel, [trend(panel, "now", low, high)])["yAxis"]
    assert (drawn["min"], drawn["max"], drawn["interval"]) == axis
