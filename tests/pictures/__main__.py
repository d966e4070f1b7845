"""Draw every dashboard from what a real Prometheus answers: python -m tests.pictures.

The pictures go into docs/images/dashboards, a file a dashboard.
"""

import asyncio
import tempfile
from pathlib import Path
from typing import Final

from schemas.scalars import MINUTE
from streams.artifacts.dashboards.chapter import Chapter
from tests.dashboards.asked import asked_of, queries_of
from tests.dashboards.reading import made
from tests.house.repository import ROOT
from tests.monitoring.backfill import watched
from tests.monitoring.history import watched_settings
from tests.pictures.camera import photograph
from tests.pictures.page import page

PICTURES: Final = ROOT / "docs" / "images" / "dashboards"
STEP: Final = 15 * MINUTE


def write_pages(site: Path, directory: Path) -> None:
    """Write a page for each dashboard; `directory` is for Prometheus."""
    settings = watched_settings()
    dashboards = made(settings)
    queries = [query for each in dashboards.values() for query in queries_of(each)]
    with watched(directory, settings, queries, STEP) as prometheus:
        for title, dashboard in dashboards.items():
            text = page(dashboard, prometheus, asked_of(dashboard, STEP))
            (site / f"{Chapter(title).slug}.html").write_text(text, "utf-8")


def main() -> None:
    """Draw all."""
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        site = directory / "site"
        site.mkdir()
        write_pages(site, directory)
        PICTURES.mkdir(parents=True, exist_ok=True)
        names = [chapter.slug for chapter in Chapter]
        asyncio.run(photograph(site, names, PICTURES, directory / "profile"))


if __name__ == "__main__":
    main()
