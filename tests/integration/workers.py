"""Workers as processes of their own, as a supervisor would run them."""

import asyncio
import os
import re
import signal
import sys
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from time import time_ns
from typing import Final, Self

import aiohttp
from prometheus_client.openmetrics.parser import text_string_to_metric_families

Key = tuple[str, frozenset[tuple[str, str]]]
Page = dict[Key, Fraction]

COMMAND: Final = (sys.executable, "-m", "streams.commands.main")
LISTENING: Final = re.compile(r"Metrics at (https?://\S+)/metrics")
# On two busy cores a worker needs a few seconds to start.
PATIENCE: Final = 60.0
OPENMETRICS: Final = "application/openmetrics-text;version=1.0.0"
# Workers that are asked for one instant get it a moment ahead.
AHEAD_MS: Final = 400


@dataclass
class Worker:
    """A worker process. `program` takes the place of `deskpulse` where a part is replaced."""

    config: Path
    log: Path
    program: Sequence[str] = COMMAND
    environment: dict[str, str] = field(default_factory=dict)
    process: asyncio.subprocess.Process | None = None
    url: str = ""

    async def start(self) -> Self:
        """Start, and wait until it answers over HTTP."""
        self.url = ""
        with self.log.open("ab") as log:
            begin = log.tell()
            self.process = await asyncio.create_subprocess_exec(
                *self.program,
                "worker",
                "--config",
                str(self.config),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=_environment() | self.environment,
            )
        async with asyncio.timeout(PATIENCE):
            while not self.url:
                found = LISTENING.search(self.log.read_text("utf-8")[begin:])
                if found is not None:
                    self.url = found[1]
                elif not self.running:
                    break
                else:
                    await asyncio.sleep(0.05)
        return self

    @property
    def running(self) -> bool:
        """Whether the process has not ended."""
        return self.process is not None and self.process.returncode is None

    def send(self, number: signal.Signals) -> None:
        """Send a signal, if the process has not ended."""
        if self.process is not None:
            with suppress(ProcessLookupError):
                self.process.send_signal(number)

    async def ended(self) -> int:
        """Wait until the process has ended, and return its exit code."""
        assert self.process is not None
        async with asyncio.timeout(PATIENCE):
            return await self.process.wait()

    async def stop(self) -> int:
        """Ask the process to stop, and return its exit code."""
        self.send(signal.SIGTERM)
        return await self.ended()

    async def kill(self) -> None:
        """End the process without a chance to say good-bye."""
        self.send(signal.SIGKILL)
        await self.ended()

    async def answer(self, path: str) -> tuple[int, str]:
        """Return status and text of a page. Raises aiohttp.ClientError if it is not running."""
        status, body = await self.body(path, Accept=OPENMETRICS)
        return status, body.decode()

    async def body(self, path: str, **headers: str) -> tuple[int, bytes]:
        """Return status and body of a page as it travels, asked for with these headers."""
        async with (
            aiohttp.ClientSession(
                timeout=aiohttp.ClientTimeout(PATIENCE), auto_decompress=False
            ) as session,
            session.get(
                self.url + path, headers={"Accept-Encoding": "identity"} | headers
            ) as answer,
        ):
            return answer.status, await answer.read()

    async def page(self, at: int | None = None) -> Page:
        """Return the metrics, at an instant if one is given."""
        status, text = await self.answer("/metrics" + ("" if at is None else f"?at={at}"))
        if status != 200:
            raise aiohttp.ClientError(text)
        return parsed(text)

    async def ready(self) -> Self:
        """Wait until the worker is ready."""
        async with asyncio.timeout(PATIENCE):
            while (await self.answer("/-/ready"))[0] != 200:
                await asyncio.sleep(0.1)
        return self

    async def said(self, text: str) -> None:
        """Wait until the log holds `text`."""
        async with asyncio.timeout(PATIENCE):
            while text not in self.log.read_text("utf-8"):
                await asyncio.sleep(0.05)

    async def __aenter__(self) -> Self:
        return await self.start()

    async def __aexit__(self, *_: object) -> None:
        self.send(signal.SIGCONT)
        if self.running:
            await self.kill()
        # pytest shows it if the test fails.
        print(self.log.name, self.log.read_text("utf-8"), sep="\n")  # noqa: T201


def _environment() -> dict[str, str]:
    """Return our environment without what would override the file."""
    return {name: value for name, value in os.environ.items() if "DESKPULSE_" not in name}


def parsed(text: str) -> Page:
    """Return the samples of an OpenMetrics page, exactly as they are written."""
    return {
        (sample.name, frozenset(sample.labels.items())): Fraction(repr(sample.value))
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def number(page: Page, name: str, **labels: str) -> Fraction:
    """Return the sum of the samples of a family that have these labels."""
    wanted = labels.items()
    return sum(
        (value for (found, have), value in page.items() if found == name and wanted <= set(have)),
        Fraction(0),
    )


async def pages(workers: Iterable[Worker]) -> tuple[int, list[Page]]:
    """Return an instant, and the pages of all workers at that instant."""
    at = time_ns() // 1_000_000 + AHEAD_MS
    return at, list(await asyncio.gather(*(worker.page(at) for worker in workers)))


async def settled(workers: Sequence[Worker], partitions: int) -> None:
    """Wait until each partition of each topic is served once, and all that it holds is applied."""
    async with asyncio.timeout(PATIENCE):
        while not await _is_settled(workers, partitions):
            await asyncio.sleep(0.2)


async def until_shown(worker: Worker, name: str, value: int, **labels: str) -> None:
    """Wait until a family of a worker sums up to `value`."""
    async with asyncio.timeout(PATIENCE):
        while number(await worker.page(), name, **labels) != value:
            await asyncio.sleep(0.1)


async def shared(workers: Sequence[Worker]) -> None:
    """Wait until each worker serves some partition."""
    async with asyncio.timeout(PATIENCE):
        while not all(
            [
                number(await each.page(), "helpdesk_pipeline_partition_recovered")
                for each in workers
            ]
        ):
            await asyncio.sleep(0.2)


async def _is_settled(workers: Sequence[Worker], partitions: int) -> bool:
    found = {
        (name, labels): value
        for page in (await pages(workers))[1]
        for (name, labels), value in page.items()
        if name == "helpdesk_pipeline_consumer_lag_records"
    }
    inputs = {dict(labels)["topic"] for _, labels in found}
    return len(found) == len(inputs) * partitions > 0 and not any(found.values())
