"""A page is drawn in a real Chromium; each dashboard has its picture and its paragraph."""

import re
from pathlib import Path
from typing import Any, Final

import pytest

from schemas.scalars import HOUR
from streams.artifacts.dashboards.chapter import Chapter
from tests.dashboards.asked import asked_of
from tests.dashboards.reading import checked_in, made, variables
from tests.house.repository import ROOT
from tests.monitoring.history import END, watched_settings
from tests.monitoring.prometheus import Prometheus
from tests.pictures.__main__ import PICTURES
from tests.pictures.camera import WIDTH, photograph
from tests.pictures.page import page

PAGE: Final = (ROOT / "docs" / "dashboards.md").read_text("utf-8")
# More would be felt in every clone.
BYTES_MAX: Final = 256 * 1024
PNG: Final = b"\x89PNG\r\n\x1a\n"


class One(Prometheus):
    """Answers every query with a 1 for the queue <tech>."""

    def __init__(self) -> None:
        super().__init__("nowhere")

    def answer(self, path: str, **parameters: str | float) -> Any:
        """Return one series."""
        one = {"metric": {"queue": "<tech>"}, "value": [0, "1"], "values": [[END / 1000, "1"]]}
        return {"resultType": "vector", "result": [one]}


@pytest.mark.parametrize("title", [chapter.value for chapter in Chapter])
def test_a_page_has_every_panel_before_the_fold_and_what_is_chosen(title: str) -> None:
    dashboard = made(watched_settings())[title]
    drawn = page(dashboard, One(), asked_of(dashboard, HOUR))
    assert "<tech>" not in drawn
    assert "no data" not in drawn
    shown = [panel for panel in dashboard["panels"] if panel["type"] != "row"]
    assert drawn.count("<section") == len(shown)
    assert drawn.count("<label") == len(variables(dashboard))  # all but the source, and the time


def test_what_gives_nothing_is_shown_to_have_no_data() -> None:
    class Nothing(One):
        def answer(self, path: str, **parameters: str | float) -> Any:
            return {"resultType": "vector", "result": []}

    dashboard = made(watched_settings())["Agents"]
    drawn = page(dashboard, Nothing(), asked_of(dashboard, HOUR))
    assert drawn.count("no data") == drawn.count("<section")


async def pictured(text: str, directory: Path) -> bytes:
    """Return the picture of a page."""
    site = directory / "site"
    site.mkdir()
    (site / "one.html").write_text(text, "utf-8")
    await photograph(site, ["one"], directory, directory / "profile")
    return (directory / "one.png").read_bytes()


@pytest.mark.browser
@pytest.mark.slow
async def test_a_browser_draws_a_page_as_wide_as_all_and_as_high_as_it_is(tmp_path: Path) -> None:
    """The page says when all charts are drawn, and the browser complains about nothing."""
    dashboard = made(watched_settings())["Overview"]
    picture = await pictured(page(dashboard, One(), asked_of(dashboard, HOUR)), tmp_path)
    assert picture.startswith(PNG)
    width, height = (int.from_bytes(picture[place : place + 4], "big") for place in (16, 20))
    assert width == WIDTH
    assert height > 700


@pytest.mark.browser
@pytest.mark.slow
async def test_a_page_that_does_not_work_makes_no_picture(tmp_path: Path) -> None:
    broken = "<!doctype html><body data-drawn=yes><script>nothing()</script>"
    with pytest.raises(AssertionError, match="nothing is not defined"):
        await pictured(broken, tmp_path)
    assert not (tmp_path / "one.png").exists()


def test_every_dashboard_has_a_picture_of_few_bytes() -> None:
    sizes = {picture.name: picture.stat().st_size for picture in PICTURES.iterdir()}
    assert sizes.keys() == {f"{chapter.slug}.png" for chapter in Chapter}
    assert {name for name, size in sizes.items() if size > BYTES_MAX} == set()


def test_the_page_shows_each_dashboard_in_the_order_of_the_links() -> None:
    shown = re.findall(r"^## (.+)\n(?:.+\n|\n(?!##))*?!\[[^\]]+\]\((\S+)\)$", PAGE, re.MULTILINE)
    assert shown == [(each.value, f"images/dashboards/{each.slug}.png") for each in Chapter]


def test_the_page_tells_the_question_and_the_variables_of_each() -> None:
    dashboards = checked_in() | {"Agents": made(watched_settings())["Agents"]}
    for title, dashboard in dashboards.items():
        assert f"## {title}\n\n**{dashboard['description']}**" in PAGE
        names = [each["label"].lower() for each in variables(dashboard).values()][2:]
        assert f"Variables: {', '.join(names) or 'none'}." in PAGE.split(f"## {title}\n")[1]
