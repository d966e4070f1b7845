"""The points of the charts: as they come, and what they would have been before the demo began."""

from collections.abc import Iterable, Mapping, Sequence

from schemas.decode import decode
from schemas.policy import Policy
from schemas.rejected import Rejected
from streams.demo.board import SHOWN, Point, point
from streams.demo.helpdesk import Simulated
from streams.demo.metrics import Reading
from streams.engine.engine import Engine, Snapshot


class History:
    """The points of the last `length` milliseconds, `step` apart, by window."""

    def __init__(self, windows: Iterable[str], *, length: int, step: int) -> None:
        self._points: dict[str, list[tuple[int, Point]]] = {window: [] for window in windows}
        self._length = length
        self._step = step

    def add(self, reading: Reading) -> None:
        """Add a point if it is time for one; forget those of long ago."""
        for window, points in self._points.items():
            if not points or reading.at - points[-1][0] >= self._step:
                points.append((reading.at, point(reading, window)))
            while points[0][0] < reading.at - self._length:
                points.pop(0)

    def precede(self, earlier: Mapping[str, Sequence[tuple[int, Point]]]) -> None:
        """Put points before those that there are."""
        for window, points in earlier.items():
            self._points[window][:0] = points

    def points(self) -> dict[str, Sequence[tuple[int, Point]]]:
        """Return the points by window, as they are now."""
        return {window: tuple(points) for window, points in self._points.items()}


def past(
    events: Sequence[Simulated], policy: Policy, instants: Sequence[int]
) -> dict[str, list[tuple[int, Point]]]:
    """Return the points of every window at `instants` (ms, ascending), by window.

    One pass of the engine over the events that were sent before anybody looked.
    """
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
