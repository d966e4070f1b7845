"""A worker as a process of its own, watched from outside."""

import asyncio
import os
import re
import signal
import sys
from pathlib import Path
from time import time_ns
from typing import Final, NamedTuple, Self

import aiohttp
import psutil

from bench.checksum import Numbers, of_page

LISTENING: Final = re.compile(r"Metrics at (http://\S+)/metrics")
PATIENCE: Final = 120.0
# An instant is asked for a moment ahead of it.
AHEAD_MS: Final = 300
OPENMETRICS: Final = {"Accept": "application/openmetrics-text;version=1.0.0"}


# The CPU time of a process is told in steps.
SCRAPES: Final = 5


class Scrape(NamedTuple):
    """A page of metrics: its samples, its bytes plain and zipped, and what it costs the worker."""

    samples: int
    plain_bytes: int
    zipped_bytes: int
    cpu_seconds: float


class WorkerProcess:
    """A running worker. Use it as `async with`; leaving the block ends it."""

    def __init__(self, config: Path, packages: Path, instance: str | None = None) -> None:
        self._config = config
        self._log = config.with_name(f"{config.stem}-{instance or 'worker'}-{id(self)}.log")
        # -P: the packages to run are those named here, not those of the working directory.
        self._environment = {**os.environ, "PYTHONPATH": str(packages)}
        if instance is not None:
            self._environment["DESKPULSE_INSTANCE"] = instance

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(PATIENCE))
        await self._start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._session.close()
        await self.end()

    async def end(self, number: signal.Signals = signal.SIGTERM) -> None:
        """End the process with a signal, and with SIGKILL if that takes too long."""
        if self._process.returncode is None:
            self._process.send_signal(number)
        try:
            await asyncio.wait_for(self._process.wait(), PATIENCE)
        except TimeoutError:
            self._process.kill()

    async def restart(self) -> None:
        """End the process and start it again."""
        await self.end()
        await self._start()

    async def _start(self) -> None:
        with self._log.open("wb") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-P",
                "-m",
                "streams.commands.main",
                "worker",
                "--config",
                str(self._config),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=self._environment,
            )
        self._watched = psutil.Process(self._process.pid)
        self._url = await self._listening()

    @property
    def cpu_seconds(self) -> float:
        """The CPU time of the process until now, all threads, user and system."""
        times = self._watched.cpu_times()
        return float(times.user + times.system)

    @property
    def resident_bytes(self) -> int:
        """The resident memory of the process."""
        return int(self._watched.memory_info().rss)

    async def page(self, at: int | None = None) -> Numbers:
        """Return the metrics, at an instant (milliseconds) if one is given."""
        query = "" if at is None else f"?at={at}"
        async with self._session.get(f"{self._url}/metrics{query}", headers=OPENMETRICS) as answer:
            text = await answer.text()
            if answer.status != 200:
                raise RuntimeError(text)
            return of_page(text)

    async def scrape(self) -> Scrape:
        """Return what Prometheus causes: CPU time of the worker, and the size of the page."""
        before = self.cpu_seconds
        for _ in range(SCRAPES):
            zipped = await self._body("gzip")
        cpu_seconds = (self.cpu_seconds - before) / SCRAPES
        page = await self._body("identity")
        samples = sum(not line.startswith(b"#") for line in page.splitlines())
        return Scrape(samples, len(page), len(zipped), cpu_seconds)

    async def _body(self, encoding: str) -> bytes:
        headers = OPENMETRICS | {"Accept-Encoding": encoding}
        async with (
            aiohttp.ClientSession(auto_decompress=False) as session,
            session.get(f"{self._url}/metrics", headers=headers) as answer,
        ):
            return await answer.read()

    async def text(self) -> str:
        """Return the page of metrics as it is written."""
        return (await self._body("identity")).decode()

    async def page_ahead(self) -> tuple[int, Numbers]:
        """Return an instant, and the metrics at that instant."""
        at = time_ns() // 1_000_000 + AHEAD_MS
        return at, await self.page(at)

    async def until_ready(self) -> Self:
        """Wait until every partition is recovered."""
        async with asyncio.timeout(PATIENCE):
            while True:
                async with self._session.get(f"{self._url}/-/ready") as answer:
                    if answer.status == 200:
                        return self
                self.check()
                await asyncio.sleep(0.05)

    def check(self) -> None:
        """Raise RuntimeError with the end of its log if the worker has ended."""
        if self._process.returncode is not None:
            tail = self._log.read_text("utf-8", errors="replace")[-2000:]
            raise RuntimeError(f"the worker ended with {self._process.returncode}:\n{tail}")

    async def _listening(self) -> str:
        async with asyncio.timeout(PATIENCE):
            while True:
                found = LISTENING.search(self._log.read_text("utf-8", errors="replace"))
                if found is not None:
                    return found[1]
                self.check()
                await asyncio.sleep(0.05)
