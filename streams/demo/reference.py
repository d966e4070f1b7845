"""The reference: all events sent so far, evaluated in one batch by a process of its own.

Run from a checkout this is the oracle of the test suite, `python -m tests.oracle`: a second
program, written from the definitions alone, that shares only the types of the events with the
engine. Nothing here imports it. A package without its tests has no oracle; then `deskpulse
replay` takes its place, which is the workers' engine without Kafka, without several workers and
without crashes, and the page says so. Each check begins afresh and reads all events.
"""

import asyncio
import os
import sys
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import orjson

from schemas.errors import DeskpulseError
from schemas.scalars import rfc3339
from streams.demo.metrics import Numbers, Series, kpis
from streams.demo.processes import without_overrides

SUFFIXES: Final = ("_bucket", "_gcount", "_gsum")
LAST_CHARACTERS: Final = 2_000


class EvaluationError(DeskpulseError):
    """The batch evaluation failed; the hint is the end of what it said."""

    def __init__(self, output: str) -> None:
        super().__init__("The batch evaluation failed.", output, exit_code=1)


@dataclass(frozen=True)
class Reference:
    """How the batch evaluation is run, and what it is, in a sentence."""

    command: Sequence[str]
    description: str
    directory: Path | None = None

    async def evaluate(self, config: Path, at: int, events: bytes) -> dict[Series, int]:
        """Return the KPIs that `events`, JSON lines, show at `at` (ms). Raises EvaluationError."""
        process = await asyncio.create_subprocess_exec(
            *self.command,
            *("--config", str(config), "--at", rfc3339(at), "--format", "json", "-"),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            cwd=self.directory,
            env=without_overrides(os.environ),
            start_new_session=True,
        )
        try:
            output, errors = await process.communicate(events)
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        if process.returncode != 0:
            raise EvaluationError(errors.decode(errors="replace")[-LAST_CHARACTERS:].strip())
        return kpis(
            {
                Series(sample["name"], tuple(sorted(sample["labels"].items()))): round(
                    sample["value"] * 1000
                )
                for sample in orjson.loads(output)["samples"]
            }
        )


def reference() -> Reference:
    """Return the oracle if this is a checkout, else `deskpulse replay`."""
    checkout = Path(__file__).parents[2]
    if (checkout / "tests" / "oracle" / "__main__.py").exists():
        return Reference(
            (sys.executable, "-m", "tests.oracle"),
            "The batch is a second, independent program that reads all events at once.",
            checkout,
        )
    return Reference(
        (sys.executable, "-m", "streams.commands.main", "replay"),
        "The batch is deskpulse replay, the same engine on all events at once. "
        "In a checkout it is an independent program.",
    )


def shown_by(families: Collection[str], numbers: Numbers) -> dict[Series, int]:
    """Return those of the numbers whose family is one of `families`."""
    return {key: value for key, value in numbers.items() if family(key.name) in families}


def family(name: str) -> str:
    """Return the family of a sample's name."""
    for suffix in SUFFIXES:
        if name.endswith(suffix):
            return name.removesuffix(suffix)
    return name


def differences(live: Numbers, batch: Numbers) -> list[str]:
    """Return a sentence for each series that is not the same in both."""
    return [
        f"{text(key)}: live {live.get(key, 0) / 1000:g}, batch {batch.get(key, 0) / 1000:g}"
        for key in sorted(live.keys() | batch.keys())
        if live.get(key) != batch.get(key)
    ]


def text(series: Series) -> str:
    """Return a series as it is written in an exposition page."""
    labels = ",".join(f'{name}="{value}"' for name, value in series.labels)
    return f"{series.name}{{{labels}}}"
