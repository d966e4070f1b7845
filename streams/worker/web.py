"""HTTP: `/metrics`, `/-/healthy`, `/-/ready` and a landing page. (Contract 6.)

With a web configuration over TLS, and with passwords for all but the two probes: what they say is
no secret, and those who ask cannot send one.
"""

import asyncio
import gzip
import logging
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final

from aiohttp import web

from schemas.scalars import SECOND, Milliseconds
from streams.exposition.collector import Collector, Taken
from streams.exposition.families import CONTENT_TYPES, Format, negotiate
from streams.worker.failure import Failure
from streams.worker.listener import Listener
from streams.worker.web_access import EVERYBODY, AccessFile

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

# How far ahead an instant may be asked for; the answer waits until then.
AHEAD_MAX: Final = 5 * SECOND
# Level 1 is five times faster than 9 and gives a page of nearly the same size.
GZIP_LEVEL: Final = 1
# Pages that are rendered and that are asked for at a time: scrapes of several servers fit.
RENDERED_MAX: Final = 2
PAGES_MAX: Final = 16
HEALTHY: Final = "/-/healthy"
READY: Final = "/-/ready"
PROBES: Final = (HEALTHY, READY)
# Between two looks at the web configuration; a change counts at the second that sees it.
LOOK_SECONDS: Final = 2.0

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


logger = logging.getLogger(__name__)


class Web:
    """The worker's HTTP server; it answers from the start, also while Kafka is away."""

    def __init__(
        self,
        collector: Collector,
        missing: Callable[[], str | None],
        clock: Callable[[], Milliseconds],
        config: Path | None = None,
    ) -> None:
        self._collector = collector
        self._missing = missing
        self._clock = clock
        self._config = None if config is None else AccessFile(config)
        self._access = EVERYBODY
        self._pages = 0
        self._rendering = asyncio.Semaphore(RENDERED_MAX)
        application = web.Application(middlewares=[self._guard])
        application.on_response_prepare.append(self._add_headers)
        application.add_routes(
            [
                web.get("/", self._landing_page),
                web.get("/metrics", self._metrics),
                web.get(HEALTHY, self._healthy),
                web.get(READY, self._ready),
            ]
        )
        self._runner = web.AppRunner(application, access_log=None)
        self._listener: Listener | None = None

    async def start(self, host: str, port: int) -> None:
        """Listen on `host`:`port`. Raises Failure or SettingsError if that cannot be."""
        if self._config is not None:
            self._access = self._config.load()
            if self._access.passwords is not None and self._access.tls is None:
                logger.warning("Passwords travel unencrypted without a tls_server_config.")
        await self._runner.setup()
        assert self._runner.server is not None
        self._listener = Listener(self._runner.server)
        try:
            await self._listener.start(host, port, self._access.tls)
        except OSError as error:
            raise Failure(
                f"metrics.listen = {host}:{port} cannot be listened on ({error.strerror}). "
                "Is another worker running? Choose another port."
            ) from error

    @property
    def port(self) -> int:
        """The port that is listened on."""
        assert self._listener is not None
        return self._listener.port

    @property
    def scheme(self) -> str:
        """What an address of a page begins with."""
        return "http" if self._access.tls is None else "https"

    async def stop(self) -> None:
        """Stop listening, after the requests under way."""
        if self._listener is not None:
            self._listener.close()
        await self._runner.cleanup()

    async def keep_access(self) -> None:
        """Read the web configuration again whenever its files change, until cancelled."""
        while self._config is not None and self._listener is not None:
            await asyncio.sleep(LOOK_SECONDS)
            access = await asyncio.to_thread(self._config.renewed)
            if access is not None:
                self._access = access
                await self._listener.switch(access.tls)

    @web.middleware
    async def _guard(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Answer whoever may read the page."""
        refusal = await self._access.refusal(request, anybody=request.path in PROBES)
        return await handler(request) if refusal is None else refusal

    async def _add_headers(self, request: web.Request, response: web.StreamResponse) -> None:
        response.headers.update(self._access.headers)

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
        before an instant that was shown already. A flood of requests is refused, so that pages
        cost the work no more than some scrapes do.
        """
        if self._pages >= PAGES_MAX:
            return web.Response(status=503, text="too many pages are asked for at a time\n")
        self._pages += 1
        try:
            return await self._page(request)
        finally:
            self._pages -= 1

    async def _page(self, request: web.Request) -> web.Response:
        try:
            taken = await self._take(request.query.get("at"))
        except ValueError as error:
            return web.Response(status=400, text=f"at: {error}\n")
        form = negotiate(request.headers.get("Accept", ""))
        zipped = "gzip" in request.headers.get("Accept-Encoding", "")
        async with self._rendering:
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
