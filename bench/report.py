"""What was measured -> one page of text."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from bench.deskpulse import Recovery
from bench.exactness import Verdict
from bench.measured import Cost, spread
from bench.memory import Memory

CEILING: Final = "ceiling: fetch in batches, parse the JSON"
FAUST: Final = "stock Faust, an agent that does nothing"

RECOVERED: Final = 100_000


class Round(NamedTuple):
    """The costs of one round, by engine."""

    costs: dict[str, Cost]

    def of_ceiling(self, engine: str) -> float:
        """Return an engine's rate as a part of the ceiling's in the same round."""
        return self.costs[engine].rate / self.costs[CEILING].rate


class Footprint(NamedTuple):
    """Memory and recovery of one configuration in one form."""

    engine: str
    memory: Memory
    recovery: Recovery


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
    yield from _footprints(page.footprints)
    yield ""
    yield from (f"* {remark}" for remark in page.remarks)


def _costs(rounds: Sequence[Round]) -> Iterator[str]:
    yield f"{'':46}{'events a':>12}{'of the':>9}{'least – most':>15}{'wall':>9}"
    yield f"{'':46}{'CPU-second':>12}{'ceiling':>9}{_of(len(rounds), 'round'):>15}{'s':>9}"
    for engine in rounds[0].costs:
        costs = [round_.costs[engine] for round_ in rounds]
        rate, wall = spread([cost.rate for cost in costs]), spread([c.wall_seconds for c in costs])
        part = spread([round_.of_ceiling(engine) for round_ in rounds])
        between = f"{part.least:.1%} – {part.most:.1%}"
        scale = f"  ({costs[0].events:,} events)" if engine == FAUST else ""
        yield (
            f"{engine:46}{rate.median:12,.0f}{part.median:9.1%}{between:>15}{wall.median:9.1f}"
            f"{scale}"
        )


def _verdicts(verdicts: Iterable[tuple[str, Verdict]]) -> Iterator[str]:
    yield f"{'checksum of the result':46}{'events':>12}{'samples':>9}"
    for engine, verdict in verdicts:
        equal = "yes" if verdict.equal else f"NO ({verdict.wanted})"
        yield (
            f"{engine:46}{verdict.events:12,}{verdict.samples:9,}  {verdict.found}  "
            f"equal to the {verdict.judge}: {equal}"
        )


def _footprints(footprints: Iterable[Footprint]) -> Iterator[str]:
    yield (
        f"{'memory, bytes a ticket':46}{'computed:':>12}{'of which':>11}{'measured:':>11}"
        f"{'derived':>10}{'process':>10}"
    )
    yield (f"{'':46}{'body, index':>12}{'customers':>11}{'all read':>11}{'from it':>10}{'MB':>10}")
    found = list(footprints)
    for one in found:
        memory, tickets = one.memory, max(1, one.memory.tickets)
        yield (
            f"{one.engine:46}{(memory.bodies + memory.customers) / tickets:12,.0f}"
            f"{memory.customers / tickets:11,.0f}{memory.read / tickets:11,.0f}"
            f"{memory.derived / tickets:10,.0f}{one.recovery.resident_bytes / 1e6:10,.0f}"
        )
    yield ""
    heading = f"recovery of {RECOVERED:,} tickets, seconds"
    yield f"{heading:46}{'wall':>12}{'CPU':>11}{'to read':>11}{'to derive':>10}"
    for one in found:
        factor = RECOVERED / max(1, one.recovery.tickets)
        yield (
            f"{one.engine:46}{one.recovery.wall_seconds * factor:12.1f}"
            f"{one.recovery.cpu_seconds * factor:11.1f}{one.memory.read_seconds * factor:11.1f}"
            f"{one.memory.derive_seconds * factor:10.1f}"
        )


def _of(count: int, noun: str) -> str:
    return f"of {count} {noun}{'' if count == 1 else 's'}"
