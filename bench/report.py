"""What was measured -> one page of text."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from bench.deskpulse import Recovery
from bench.exactness import Verdict
from bench.measured import Cost, spread
from bench.memory import Memory
from bench.stages import Stages

CEILING: Final = "ceiling: fetch in batches, parse the JSON"
FAUST: Final = "stock Faust, an agent that does nothing"

WIDTH: Final = 14


class Round(NamedTuple):
    """The costs of one round, by engine."""

    costs: dict[str, Cost]

    def of_ceiling(self, engine: str) -> float:
        """Return an engine's rate as a part of the ceiling's in the same round."""
        return self.costs[engine].rate / self.costs[CEILING].rate


class Footprint(NamedTuple):
    """Memory, recovery and stages of one configuration in one form."""

    engine: str
    memory: Memory
    recovery: Recovery
    stages: Stages


class Page(NamedTuple):
    """Everything that the page shows."""

    command: str
    machine: str
    versions: str
    workload: str
    remarks: Sequence[str]
    rounds: Sequence[Round]
    verdicts: Sequence[tuple[str, Verdict]]
    footprints: Sequence[Footprint]


def text(page: Page) -> str:
    """Return the page; figures are medians over the rounds."""
    return "\n".join(_lines(page)) + "\n"


def _lines(page: Page) -> Iterator[str]:
    yield f"Deskpulse bench    {page.command}"
    yield page.machine
    yield page.versions
    yield f"Workload: {page.workload}"
    yield ""
    yield from _costs(page.rounds)
    yield ""
    yield from _verdicts(page.verdicts)
    yield ""
    yield from _memory(page.footprints)
    yield ""
    yield from _recovery(page.footprints)
    yield ""
    yield from _scrapes(page.footprints)
    yield ""
    yield from _stages(page.footprints)
    yield from ("", *(f"* {remark}" for remark in page.remarks))


def _row(first: str, *cells: str) -> str:
    return f"{first:41}" + "".join(f"{cell:>{WIDTH}}" for cell in cells)


def _costs(rounds: Sequence[Round]) -> Iterator[str]:
    yield _row("", "events per", "of the", "least – most", "wall")
    yield _row("", "CPU-second", "ceiling", _of(len(rounds), "round"), "seconds")
    for engine in rounds[0].costs:
        costs = [round_.costs[engine] for round_ in rounds]
        rate = spread([cost.rate for cost in costs]).median
        wall = spread([cost.wall_seconds for cost in costs]).median
        part = spread([round_.of_ceiling(engine) for round_ in rounds])
        between = f"{part.least:.1%} – {part.most:.1%}"
        yield _row(engine, f"{rate:,.0f}", f"{part.median:.1%}", f"  {between}", f"{wall:.1f}")


def _verdicts(verdicts: Iterable[tuple[str, Verdict]]) -> Iterator[str]:
    yield _row("checksum of the result", "events", "samples")
    for engine, verdict in verdicts:
        equal = "yes" if verdict.equal else "NO"
        yield _row(engine, f"{verdict.events:,}", f"{verdict.samples:,}") + (
            f"  {verdict.found} equal to the {verdict.judge}: {equal}"
        )
        yield from (f"    {example}" for example in verdict.examples)


def _memory(footprints: Iterable[Footprint]) -> Iterator[str]:
    yield _row(
        "memory, bytes a ticket", "computed:", "computed:", "measured:", "sums and", "worker"
    )
    yield _row("", "ticket", "statements", "both", "levels", "MB in all")
    for one in footprints:
        memory, tickets = one.memory, max(1, one.memory.tickets)
        parts = (memory.bodies, memory.customers, memory.read, memory.derived)
        yield _row(
            one.engine,
            *(f"{part / tickets:,.0f}" for part in parts),
            f"{one.recovery.resident_bytes / 1e6:,.0f}",
        )


def _recovery(footprints: Iterable[Footprint]) -> Iterator[str]:
    yield _row("recovery, seconds", "tickets", "worker: wall", "CPU", "alone: read", "derive")
    for one in footprints:
        seconds = (
            one.recovery.wall_seconds,
            one.recovery.cpu_seconds,
            one.memory.read_seconds,
            one.memory.derive_seconds,
        )
        yield _row(one.engine, f"{one.recovery.tickets:,}", *(f"{each:.1f}" for each in seconds))


def _scrapes(footprints: Iterable[Footprint]) -> Iterator[str]:
    yield _row("a scrape, and the compacted changelog", "samples", "MB", "MB", "CPU", "changelog")
    yield _row("", "on the page", "plain", "zipped", "seconds", "bytes/ticket")
    for one in footprints:
        scrape = one.recovery.scrape
        yield _row(
            one.engine,
            f"{scrape.samples:,}",
            f"{scrape.plain_bytes / 1e6:.2f}",
            f"{scrape.zipped_bytes / 1e6:.2f}",
            f"{scrape.cpu_seconds:.2f}",
            f"{one.memory.changelog / max(1, one.memory.tickets):,.0f}",
        )


def _stages(footprints: Sequence[Footprint]) -> Iterator[str]:
    yield _row("stages without Kafka, µs an event", *footprints[0].stages.seconds)
    for one in footprints:
        events = max(1, one.stages.events)
        yield _row(
            one.engine,
            *(f"{1e6 * seconds / events:.2f}" for seconds in one.stages.seconds.values()),
        )


def _of(count: int, noun: str) -> str:
    return f"of {count} {noun}{'' if count == 1 else 's'}"
