"""What the charts would have shown before the demo began: one pass of the engine over the past."""

from collections.abc import Sequence

from schemas.decode import decode
from schemas.policy import Policy
from schemas.rejected import Rejected
from streams.demo.board import SHOWN, Point, point
from streams.demo.helpdesk import Simulated
from streams.demo.metrics import Reading
from streams.engine.engine import Engine, Snapshot


def past(
    events: Sequence[Simulated], policy: Policy, instants: Sequence[int]
) -> dict[str, list[tuple[int, Point]]]:
    """Return the points of every window at `instants` (ms, ascending), by window."""
    engine = Engine(policy, live=True)
    partition = engine.open(0)
    engine.serve(0, instants[0])
    points: dict[str, list[tuple[int, Point]]] = {window: [] for window in policy.windows}
    begin = 0
    for at in instants:
        end = begin
        while end < len(events) and events[end].time <= at:
            end += 1
        decoded = [decode(event.value) for event in events[begin:end]]
        partition.apply([event for event in decoded if not isinstance(event, Rejected)], at)
        engine.flush()
        shown = reading(engine.snapshot(at), at)
        for window, found in points.items():
            found.append((at, point(shown, window)))
        begin = end
    return points


def reading(snapshot: Snapshot, at: int) -> Reading:
    """Return a snapshot of the engine as if it had been read from a page."""
    return Reading(
        (
            (sample.name, sample.labels, round(sample.value * 1000))
            for family in snapshot.families()
            for sample in family.samples
            if sample.name in SHOWN
        ),
        at,
    )
