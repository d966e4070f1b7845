"""The live page: shows a `Stage`, whose numbers come from the workers' /metrics alone."""

from datetime import UTC, datetime
from threading import Thread
from time import monotonic, sleep
from typing import Final

import uvicorn
from fastapi import FastAPI
from nicegui import ui
from nicegui.elements.mixins.text_element import TextElement

from schemas.scalars import SECOND
from streams.demo.board import QueueRow, Tile, queue_rows, tiles_now, tiles_of_window
from streams.demo.look import CHARTS, STYLE, Chart
from streams.demo.view import WINDOWS, Stage, Verdict, View, WorkerView
from streams.demo.words import helpdesk_clock, verdict_details, verdict_line

REFRESH_SECONDS: Final = 1.0
START_SECONDS: Final = 20.0

STATES: Final = {
    "starting": "starting",
    "recovering": "reading its partitions",
    "running": "running",
    "killed": "killed",
    "ended": "ended by itself",
}

# Heading -> what it means, for the eyes that want to know and for screen readers.
COLUMNS: Final = {
    "Queue": "",
    "Opened": "tickets created in the window",
    "Unresolved": "tickets, now",
    "Waiting": "customers who wait for a reply, now",
    "First response": "median time to the first reply of an agent",
    "p90": "nine of ten first replies took no longer",
    "One-touch %": "share of the tickets resolved that needed one reply",
    "SLA met %": "share of the targets due in the window",
    "CSAT": "mean satisfaction, 1 to 5",
}

LOGO: Final = """<svg width="34" height="34" viewBox="0 0 34 34" aria-hidden="true">
<rect width="34" height="34" rx="9" fill="#2563c9"/><path d="M6 19h6l3-8 4.5 13 3-8 1.2 3H28"
fill="none" stroke="#fff" stroke-width="2.4" stroke-linecap="round" stroke-linejoin="round"/>
</svg>"""


class Server:
    """Serves the page from a thread of its own, until `stop`."""

    def __init__(self, stage: Stage, *, host: str, port: int) -> None:
        self.address = f"http://{host}:{port}"
        application = FastAPI()
        ui.run_with(
            application,
            root=lambda: Page(stage).show(),
            title="Deskpulse live",
            favicon=LOGO,
            language="en-US",
            show_welcome_message=False,
            tailwind=False,
        )
        self._server = uvicorn.Server(
            uvicorn.Config(
                application,
                host=host,
                port=port,
                log_level="critical",  # a request that the end cuts off is no news
                timeout_graceful_shutdown=1,
                ws="websockets-sansio",
            )
        )
        self._thread = Thread(target=self._server.run, name="page", daemon=True)

    def start(self) -> None:
        """Start to serve and wait until requests are taken. Raises OSError if it cannot be."""
        self._thread.start()
        deadline = monotonic() + START_SECONDS
        while not self._server.started:
            if not self._thread.is_alive() or monotonic() > deadline:
                raise OSError("the live page cannot be served")
            sleep(0.02)

    def stop(self) -> None:
        """Close the connections and stop to serve."""
        self._server.should_exit = True
        self._thread.join()


def text(tag: str, content: str = "", classes: str = "") -> TextElement:
    """Return an element that holds text."""
    return TextElement(tag=tag, text=content).classes(classes)


class Page:
    """One visitor's page."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._window = "5m"
        self._drawn: tuple[str, int] | None = None

    def show(self) -> None:
        """Build the page and keep it fresh."""
        ui.add_head_html(f"<style>{STYLE}</style>")
        ui.colors(primary="#2563c9")
        view = self._stage.view()
        with ui.element("main").classes("page"):
            self._header()
            with ui.element("div").classes("grid top"):
                self._proof = Proof()
                self._workers = [WorkerCard(self._stage, worker) for worker in view.workers]
            self._section("Right now")
            with ui.element("section").classes("grid tiles") as self._now_row:
                self._now = [TileCard() for _ in range(4)]
            with self._section(""):
                self._window_title = text("h2")
                ui.toggle(
                    dict(WINDOWS),
                    value=self._window,
                    on_change=lambda event: self._choose(str(event.value)),
                ).props(
                    'flat toggle-color=white toggle-text-color=primary aria-label="Window"'
                ).classes("push")
            with ui.element("section").classes("grid tiles") as self._window_row:
                self._of_window = [TileCard() for _ in range(8)]
            with ui.element("section").classes("grid charts"):
                self._charts = [ChartCard(chart) for chart in CHARTS]
            self._queues = QueueTable(self._stage.queues)
            self._footer(view)
        self.refresh()
        ui.timer(REFRESH_SECONDS, self.refresh)

    def refresh(self) -> None:
        """Show what is true now."""
        view = self._stage.view()
        self._clock.text = helpdesk_clock(view.clock)
        self._proof.show(view)
        for card, worker in zip(self._workers, view.workers, strict=True):
            card.show(worker)
        if view.reading is not None:
            self._numbers(view)
        self._draw(view)

    def _numbers(self, view: View) -> None:
        if view.reading is None:
            return
        still = " still" if view.missing else ""
        self._now_row.classes(replace=f"grid tiles{still}")
        self._window_row.classes(replace=f"grid tiles{still}")
        last = f"last {WINDOWS[self._window].removeprefix('1 ')}"
        self._window_title.text = last.capitalize()
        for card, tile in zip(self._now, tiles_now(view.reading), strict=True):
            card.show(tile)
        tiles = tiles_of_window(view.reading, self._window)
        for card, tile in zip(self._of_window, tiles, strict=True):
            card.show(tile)
        self._queues.show(
            queue_rows(view.reading, self._window, self._stage.queues),
            f"By queue, {last}",
        )

    def _draw(self, view: View) -> None:
        history = view.history.get(self._window, ())
        drawn = self._window, history[-1][0] if history else 0
        if drawn != self._drawn:
            self._drawn = drawn
            for card in self._charts:
                card.show(view, self._window)

    def _choose(self, window: str) -> None:
        self._window = window
        self.refresh()

    def _header(self) -> None:
        with ui.element("header"):
            ui.html(LOGO, sanitize=False)
            with ui.element("div"):
                text("h1", "Deskpulse")
                text("p", "Rolling helpdesk KPIs from Kafka, live", "muted")
            with ui.element("div").classes("push clock"):
                self._clock = text("div", "", "time numbers")
                text("p", "simulated helpdesk: one hour passes in a minute", "muted")

    def _section(self, title: str) -> ui.element:
        with ui.element("div").classes("section") as section:
            if title:
                text("h2", title)
        return section

    def _footer(self, view: View) -> None:
        with ui.element("footer").classes("muted"):
            text("span", "All numbers are sums over the workers' metrics, divided last: ")
            for worker in view.workers:
                ui.link(f"{worker.name} /metrics", f"{worker.address}/metrics", new_tab=True)
                text("span", " · ")
            text("span", "percentiles are estimated from buckets, as in Prometheus.")


class Proof:
    """The line that no other product has: the live numbers against a batch evaluation."""

    def __init__(self) -> None:
        with ui.element("section").classes("card proof wait") as self._card:
            self._sign = text("div", "…", "sign").props("aria-hidden=true")
            with ui.element("div"):
                self._line = text("h2", "", "line").props("role=status aria-live=polite")
                self._checked = text("p", "", "muted numbers")
                self._reference = text("p", "", "muted")

    def show(self, view: View) -> None:
        """Show the last verdict, and why there is no newer one."""
        kind, sign = proof_kind(view.verdict)
        self._card.classes(replace=f"card proof {kind}")
        self._sign.text = sign
        self._line.text = verdict_line(view)
        self._checked.text = verdict_details(view)
        moving = view.missing and view.reading is not None
        self._reference.text = (
            "Partitions move to another worker; the numbers stand still until all are counted."
            if moving
            else view.reference
        )
        if view.verdict is not None:
            at = datetime.fromtimestamp(view.verdict.at / SECOND, UTC)
            self._card.props["title"] = "\n".join(
                (f"t = {at:%Y-%m-%d %H:%M:%S} UTC", *view.verdict.differences[:10])
            )


def proof_kind(verdict: Verdict | None) -> tuple[str, str]:
    """Return the kind of the card and its sign."""
    if verdict is None:
        return "wait", "…"
    return ("yes", "✓") if verdict.equal else ("no", "≠")


class WorkerCard:
    """One worker: how it is, what it counts, and a button to kill or start it."""

    def __init__(self, stage: Stage, worker: WorkerView) -> None:
        self._stage = stage
        self._name = worker.name
        self._alive = True
        with ui.element("section").classes("card worker"):
            text("h2", worker.name.capitalize())
            self._button = ui.button(on_click=self._press, color=None).props("flat")
            with ui.element("div").classes("facts"):
                self._state = text("span", "", "state")
                self._partitions = self._fact("partitions")
                self._rate = self._fact("events / s")

    def show(self, worker: WorkerView) -> None:
        """Show the worker's state."""
        self._alive = worker.state not in ("killed", "ended")
        self._state.text = STATES[worker.state]
        self._state.classes(replace=f"state {worker.state}")
        self._partitions.text = f"{worker.partitions} of {worker.of}" if self._alive else "–"
        self._rate.text = "–" if worker.rate is None else f"{worker.rate:.0f}"
        self._button.text = "Kill this worker" if self._alive else "Start it again"
        self._button.classes(replace="kill" if self._alive else "start")
        self._button.props["aria-label"] = f"{self._button.text}: {self._name}"

    def _fact(self, name: str) -> TextElement:
        with ui.element("span"):
            value = text("b", "–", "numbers")
            text("span", name)
        return value

    def _press(self) -> None:
        if self._alive:
            self._stage.kill(self._name)
            ui.notify(
                f"{self._name.capitalize()} was killed (SIGKILL). The others take its partitions "
                "over in a few seconds; the numbers will be the same.",
                position="bottom",
                timeout=6000,
            )
        else:
            self._stage.start(self._name)


class TileCard:
    """A tile on the page."""

    def __init__(self) -> None:
        with ui.element("article").classes("card tile") as self._card:
            self._title = text("h3")
            with ui.element("div").classes("value numbers"):
                self._value = text("b", "–")
                self._unit = text("span")
            self._note = text("p", "", "note numbers")

    def show(self, tile: Tile) -> None:
        """Show the tile's text and tone."""
        self._card.classes(replace=f"card tile {tile.tone}")
        self._title.text = tile.title
        self._value.text = tile.value
        self._unit.text = tile.unit
        self._note.text = tile.note


class ChartCard:
    """A chart on the page."""

    def __init__(self, chart: Chart) -> None:
        self._chart = chart
        with ui.element("section").classes("card chart"):
            text("h3", chart.title)
            with ui.element("div").classes("plot").props("role=img") as self._frame:
                self._plot = ui.echart(chart.options())

    def show(self, view: View, window: str) -> None:
        """Draw the history of the window."""
        history = view.history.get(window, ())
        self._plot.options["series"] = self._chart.series(history, view.marks)
        self._plot.update()
        self._frame.props["aria-label"] = self._chart.summary(history)


class QueueTable:
    """The same numbers, a row a queue."""

    def __init__(self, queues: tuple[str, ...]) -> None:
        with ui.element("section").classes("card") as self._card:
            self._title = text("h2")
            with ui.element("div").classes("scroll"), ui.element("table").classes("queues"):
                with ui.element("thead"), ui.element("tr"):
                    for heading, meaning in COLUMNS.items():
                        text("th", heading).props(f'scope=col title="{meaning}"')
                with ui.element("tbody"):
                    self._rows = [self._row() for _ in queues]

    def show(self, rows: list[QueueRow], title: str) -> None:
        """Show the rows."""
        self._title.text = title
        for cells, row in zip(self._rows, rows, strict=True):
            values = (
                row.queue.capitalize(),
                row.opened,
                row.unresolved,
                row.waiting,
                row.first_response,
                row.first_response_p90,
                row.one_touch,
                row.sla,
                row.csat,
            )
            for cell, value in zip(cells, values, strict=True):
                cell.text = value
            cells[-2].classes(replace=f"numbers {row.tone}")

    def _row(self) -> list[TextElement]:
        with ui.element("tr"):
            return [text("td", "–", "numbers") for _ in COLUMNS]
