"""Grafana's dashboards as files."""

import json
from typing import Final

from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models.dashboard import Dashboard

from schemas.settings import Settings
from streams.artifacts.dashboards import (
    agents,
    customers,
    overview,
    pipeline,
    quality,
    service_levels,
    speed,
    voice,
)
from streams.artifacts.dashboards.board import drawn
from streams.artifacts.dashboards.desk import desk

BOARDS: Final = (
    overview.BOARD,
    service_levels.BOARD,
    speed.BOARD,
    quality.BOARD,
    voice.BOARD,
    customers.BOARD,
    agents.BOARD,
    pipeline.BOARD,
)


def dashboards(settings: Settings) -> tuple[Dashboard, ...]:
    """Return every dashboard of this configuration. Raises DeskpulseError."""
    seen = desk(settings)
    return tuple(drawn(board, seen, board.sections(seen)) for board in BOARDS)


def dashboard_files(settings: Settings) -> dict[str, str]:
    """Return the text of each dashboard by the name of its file. Raises DeskpulseError."""
    return {
        f"{board.chapter.slug}.json": written(dashboard)
        for board, dashboard in zip(BOARDS, dashboards(settings), strict=True)
    }


def written(what: Dashboard | tuple[Dashboard, ...]) -> str:
    """Return dashboards as JSON."""
    return json.dumps(what, cls=JSONEncoder, indent=2, ensure_ascii=False) + "\n"
