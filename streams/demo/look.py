"""How the live page looks: colours, style sheet and the options of its charts."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from streams.demo.board import Point
from streams.demo.view import Mark

BLUE: Final = "#2563c9"
TEAL: Final = "#0b8a7d"
AMBER: Final = "#b45f06"
RED: Final = "#c0302b"
GREY: Final = "#5a6675"

STYLE: Final = (Path(__file__).parent / "page.css").read_text("utf-8")

History = Sequence[tuple[int, Point]]


class Chart:
    """A line chart over time: which values, in which colours, in which unit.

    `factor` turns a value into the unit. `step` is the distance of the grid lines; a chart with
    one begins at a grid line below the least value, others at 0.
    """

    def __init__(
        self,
        title: str,
        lines: dict[str, str],
        *,
        unit: str = "",
        factor: float = 1,
        step: float | None = None,
        ceiling: float | None = None,
        names_marks: bool = False,
    ) -> None:
        self.title = title
        self.lines = lines
        self._unit = unit
        self._factor = factor
        self._step = step
        self._ceiling = ceiling
        self._names_marks = names_marks

    def options(self) -> dict[str, Any]:
        """Return the options of the empty chart."""
        return {
            "animation": False,
            "color": list(self.lines.values()),
            "textStyle": {"fontFamily": "Inter, Segoe UI, system-ui, sans-serif"},
            "grid": {"left": 2, "right": 18, "top": 30, "bottom": 6, "containLabel": True},
            "legend": {
                "left": 0,
                "top": 0,
                "itemWidth": 14,
                "itemHeight": 3,
                "icon": "roundRect",
                "itemGap": 14,
                "textStyle": {"color": GREY, "fontSize": 12},
            },
            "tooltip": {"trigger": "axis", "confine": True},
            "xAxis": {
                "type": "time",
                "axisLine": {"lineStyle": {"color": "#cbd2da"}},
                "axisTick": {"show": False},
                "axisLabel": {"color": GREY, "fontSize": 11, "hideOverlap": True},
                "splitLine": {"show": False},
            },
            "yAxis": self._values(),
            "series": [self._line(name, [], []) for name in self.lines],
        }

    def series(self, history: History, marks: Sequence[Mark]) -> list[dict[str, Any]]:
        """Return the lines; the first one carries the marks, with their names if asked for."""
        return [
            self._line(
                name,
                [[at, self._shown(values.get(name))] for at, values in history],
                marks if place == 0 else [],
            )
            for place, name in enumerate(self.lines)
        ]

    def summary(self, history: History) -> str:
        """Return the chart as a sentence, for those who do not see it."""
        if not history:
            return f"{self.title}: no data yet."
        _, last = history[-1]
        values = ", ".join(
            f"{name} {'no data' if value is None else f'{value:g}{self._unit}'}"
            for name in self.lines
            for value in (self._shown(last.get(name)),)
        )
        return f"{self.title}, latest: {values}."

    def _values(self) -> dict[str, Any]:
        axis: dict[str, Any] = {
            "type": "value",
            "max": self._ceiling,
            "splitNumber": 3,
            "axisLabel": {"color": GREY, "fontSize": 11, "formatter": "{value}" + self._unit},
            "splitLine": {"lineStyle": {"color": "#edf0f3"}},
        }
        if self._step is not None:
            axis["interval"] = self._step
            axis[":min"] = f"value => Math.floor(value.min / {self._step}) * {self._step}"
        return axis

    def _shown(self, value: float | None) -> float | None:
        return None if value is None else round(value * self._factor, 2)

    def _line(
        self, name: str, points: list[list[float | None]], marks: Sequence[Mark]
    ) -> dict[str, Any]:
        return {
            "name": name,
            "type": "line",
            "showSymbol": False,
            "lineStyle": {"width": 2},
            "data": points,
            "markLine": {
                "silent": True,
                "symbol": "none",
                "animation": False,
                "lineStyle": {"color": RED, "type": "dashed", "width": 1, "opacity": 0.6},
                "label": {
                    "show": self._names_marks,
                    "formatter": "{b}",
                    "position": "insideEndTop",
                    "color": RED,
                    "fontSize": 10,
                },
                "data": [{"xAxis": mark.at, "name": mark.text} for mark in marks],
            },
        }


CHARTS: Final = (
    Chart("Opened and resolved", {"opened": BLUE, "resolved": TEAL}, names_marks=True),
    Chart("Backlog", {"unresolved": BLUE, "waiting": AMBER}),
    Chart(
        "First response",
        {"first response p50": BLUE, "first response p90": AMBER},
        unit=" m",
        factor=1 / 60,
    ),
    Chart(
        "SLA met",
        {"first response met": BLUE, "resolution met": TEAL},
        unit=" %",
        step=25,
        ceiling=100,
    ),
    Chart("Satisfaction (CSAT)", {"csat": TEAL}, step=1, ceiling=5),
    Chart("SLA clocks", {"due soon": AMBER, "overdue": RED}),
)
