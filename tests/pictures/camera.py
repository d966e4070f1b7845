"""Pages in a real browser, and their pictures."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files
from pathlib import Path
from threading import Thread
from typing import Final

from tests.demo.browser import chromium

WIDTH: Final = 1440


class Quiet(SimpleHTTPRequestHandler):
    """Serves files and says nothing of it."""

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002
        """Say nothing."""


@contextmanager
def served(site: Path) -> Iterator[str]:
    """Serve a folder with what pages need beside it: ECharts, and letters. Give its address."""
    nicegui = Path(str(files("nicegui")))
    (site / "echarts").symlink_to(nicegui / "elements" / "echart" / "dist")
    (site / "static").symlink_to(nicegui / "static")
    handler = partial(Quiet, directory=str(site))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


async def photograph(site: Path, names: Iterable[str], pictures: Path, profile: Path) -> None:
    """Take a picture of each page of a folder, as high as the page is.

    Raises AssertionError if the browser complains about a page.
    """
    with served(site) as address:
        async with chromium(profile) as tab:
            for name in names:
                await tab.resize(WIDTH, 100)
                await tab.open(f"{address}/{name}.html")
                await tab.until("document.body?.dataset.drawn")
                height = await tab.evaluate("document.documentElement.scrollHeight")
                await tab.resize(WIDTH, height)
                picture = await tab.photograph()
                assert tab.complaints == [], tab.complaints
                (pictures / f"{name}.png").write_bytes(picture)
