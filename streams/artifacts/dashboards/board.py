"""A dashboard: sections of panels, laid out from left to right and from top to bottom."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final

from grafana_foundation_sdk.builders import dashboard
from grafana_foundation_sdk.models import dashboard as models
from grafana_foundation_sdk.models.prometheus import Dataquery
from msgspec import Struct

from streams.artifacts.dashboards.chapter import TAG, Chapter
from streams.artifacts.dashboards.desk import NARROWING, Desk
from streams.artifacts.dashboards.panels import Panel, text_panel
from streams.artifacts.dashboards.variables import VARIABLE, Kind, variables

COLUMNS: Final = 24


class Section(Struct, frozen=True):
    """Panels under a heading; those without one come first. A folded one is opened by a click."""

    title: str
    panels: Sequence[Panel]
    folded: bool = False


class Board(Struct, frozen=True, kw_only=True):
    """What makes a dashboard; `instead` says what to configure where it has nothing to show."""

    chapter: Chapter
    question: str
    sections: Callable[[Desk], Iterable[Section]]
    windows: Kind = "kpi"
    window: str = "7d"
    instead: str = "These settings keep no KPI of this dashboard: see `kpis` and `windows`."


def drawn(board: Board, desk: Desk, sections: Iterable[Section]) -> models.Dashboard:
    """Return a dashboard of these sections."""
    filled = [section for section in sections if section.panels]
    if not filled:
        filled = [Section("", [text_panel("Nothing to show yet", board.instead)])]
    panels = list(placed(filled))
    tell_what_does_not_narrow(panels)
    builder = (
        dashboard.Dashboard(board.chapter)
        .uid(board.chapter.uid)
        .description(board.question)
        .tags([TAG])
        .readonly()
        .tooltip(models.DashboardCursorSync.CROSSHAIR)
        .time("now-24h", "now")
        .refresh("1m")
        .timezone("browser")
        .link(
            dashboard.DashboardLink("Deskpulse")
            .type(models.DashboardLinkType.DASHBOARDS)
            .tags([TAG])
            .include_vars(True)
            .keep_time(True)
        )
        .variables(
            list(
                variables(
                    expressions(panels),
                    desk.policy,
                    desk.settings.alerts.job,
                    board.windows,
                    board.window,
                )
            )
        )
    )
    result = builder.build()
    result.panels = panels
    return result


def placed(sections: Iterable[Section]) -> Iterator[models.Panel | models.RowPanel]:
    """Yield the panels at their places, numbered; a section with a title begins with a row."""
    top, number = 0, 0
    for section in sections:
        row = None
        if section.title:
            number += 1
            row = models.RowPanel(
                title=section.title,
                collapsed=section.folded,
                id_val=number,
                grid_pos=models.GridPos(h=1, w=COLUMNS, x=0, y=top),
            )
            top += 1
            yield row
        panels, top = in_lines([panel.build() for panel in section.panels], top)
        for panel in panels:
            number += 1
            panel.id_val = number
        if row is not None and section.folded:
            row.panels = panels
        else:
            yield from panels


def in_lines(panels: list[models.Panel], top: int) -> tuple[list[models.Panel], int]:
    """Return the panels side by side, in a new line where one is full, and where they end."""
    left, height = 0, 0
    for panel in panels:
        assert panel.grid_pos is not None
        if left + panel.grid_pos.w > COLUMNS:
            left, top, height = 0, top + height, 0
        panel.grid_pos.x, panel.grid_pos.y = left, top
        left += panel.grid_pos.w
        height = max(height, panel.grid_pos.h)
    return panels, top + height


def tell_what_does_not_narrow(panels: Iterable[models.Panel | models.RowPanel]) -> None:
    """Add to the description of a panel which variables of its dashboard do not move it."""
    shown = list(flat(panels))
    asked = {
        panel.id_val: set(VARIABLE.findall(" ".join(expressions([panel])))) for panel in shown
    }
    everywhere = set().union(*asked.values())
    for panel in shown:
        idle = [name for name in NARROWING if name in everywhere - asked[panel.id_val]]
        if idle and asked[panel.id_val]:
            panel.description = f"{panel.description} Not narrowed down by {' or '.join(idle)}."


def flat(panels: Iterable[models.Panel | models.RowPanel]) -> Iterator[models.Panel]:
    """Yield the panels that show something, those in folded rows too."""
    for panel in panels:
        if isinstance(panel, models.RowPanel):
            yield from panel.panels
        else:
            yield panel


def expressions(panels: Iterable[models.Panel | models.RowPanel]) -> Iterator[str]:
    """Yield what is queried."""
    for panel in flat(panels):
        for target in panel.targets or ():
            assert isinstance(target, Dataquery)
            yield target.expr
