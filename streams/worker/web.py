"""HTTP: `/metrics`, `/-/healthy`, `/-/ready` and a landing page. (Contract 6.)"""

import asyncio
import gzip
from collections.abc import Callable
from typing import Final

from aiohttp import web

from schemas.scalars import SECOND, Milliseconds
from streams.exposition.collector import Collector, Taken
from streams.exposition.families import CONTENT_TYPES, Format, negotiate
from streams.worker.failure import Failure

# How far ahead an instant may be asked for; the answer waits until then.
AHEAD_MAX: Final = 5 * SECOND
# Level 1 is five times faster than 9 and gives a page of nearly the same size.
GZIP_LEVEL: Final = 1

LANDING_PAGE: Final = """\
<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Deskpulse worker</title></head>
<body>
<h1>Deskpulse worker</h1>
<p>Rolling helpdesk KPIs from Kafka, exact under replay and crash.</p>
<ul>
<li><a href="/metrics">Metrics</a></li>
<li><a href="/-/ready">Ready</a></li>
<li><a href="/-/healthy">Healthy</a></li>
</ul>
</body>
</html>
"""


class Web:
    """The worker's HTTP server; it answers from the start, also while Kafka is away."""

    def __init__(
        self,
        collector: Collector,
        missing: Callable[[], str | None],
        clock: Callable[[], Milliseconds],
    ) -> None:
        self._collector = collector
        self._missing = missing
        self._clock = clock
        application = web.Application()
        application.add_routes(
            [
                web.get("/", self._landing_page),
                web.get("/metrics", self._metrics),
                web.get("/-/healthy", self._healthy),
                web.get("/-/ready", self._ready),
            ]
        )
        self._runner = web.AppRunner(application, access_log=None)

    async def start(self, host: str, port: int) -> None:
        """Listen on `host`:`port`. Raises Failure if that cannot be."""
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, host, port).start()
        except OSError as error:
            raise Failure(
                f"metrics.listen = {host}:{port} cannot be listened on ({error.strerror}). "
                "Is another worker running? Choose another port."
            ) from error

    @property
    def port(self) -> int:
        """The port that is listened on."""
        return int(self._runner.addresses[0][1])

    async def stop(self) -> None:
        """Stop listening, after the requests under way."""
        await self._runner.cleanup()

    async def _landing_page(self, request: web.Request) -> web.Response:
        return web.Response(text=LANDING_PAGE, content_type="text/html")

    async def _healthy(self, request: web.Request) -> web.Response:
        return web.Response(text="healthy\n")

    async def _ready(self, request: web.Request) -> web.Response:
        missing = self._missing()
        if missing is None:
            return web.Response(text="ready\n")
        return web.Response(status=503, text=f"not ready: {missing}\n")

    async def _metrics(self, request: web.Request) -> web.Response:
        """Answer with the metrics, in the format that was asked for.

        `?at=` asks for the instant t, in milliseconds since the epoch, so that the pages of
        several workers can be compared to the last digit: now or a few seconds ahead, and not
        before an instant that was shown already.
        """
        try:
            taken = await self._take(request.query.get("at"))
        except ValueError as error:
            return web.Response(status=400, text=f"at: {error}\n")
        form = negotiate(request.headers.get("Accept", ""))
        zipped = "gzip" in request.headers.get("Accept-Encoding", "")
        body = await asyncio.to_thread(self._body, taken, form, zipped)
        headers = {"Content-Type": CONTENT_TYPES[form], "Vary": "Accept, Accept-Encoding"}
        if zipped:
            headers["Content-Encoding"] = "gzip"
        return web.Response(body=body, headers=headers)

    def _body(self, taken: Taken, form: Format, zipped: bool) -> bytes:
        page = self._collector.render(taken, form)
        return gzip.compress(page, GZIP_LEVEL) if zipped else page

    async def _take(self, at: str | None) -> Taken:
        if at is None:
            return self._collector.take()
        instant = Milliseconds(at)
        ahead = instant - self._clock()
        if ahead > AHEAD_MAX:
            raise ValueError(f"expected an instant at most {AHEAD_MAX} ms ahead")
        await asyncio.sleep(max(0, ahead) / SECOND)
        return self._collector.take_at(instant)
