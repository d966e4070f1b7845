"""Colours, as Grafana's dark theme has them."""

from typing import Final

# Those that thresholds and value mappings name.
NAMED: Final = {
    "green": "#73bf69",
    "orange": "#ff9830",
    "red": "#f2495c",
    "blue": "#6ea6f7",
}
# Those of series, in order.
PALETTE: Final = (
    "#73bf69",
    "#f2cc0c",
    "#8ab8ff",
    "#ff780a",
    "#f2495c",
    "#5794f2",
    "#b877d9",
    "#9fa7b3",
    "#37872d",
    "#fade2a",
    "#c4162a",
    "#3274d9",
)
TEXT: Final = "#ccccdc"
FAINT: Final = "#9a9ba6"
LINE: Final = "#2c3038"


def of_series(place: int) -> str:
    """Return the colour of a series by its place among all of a panel."""
    return PALETTE[place % len(PALETTE)]
