"""The engine: partitions of entities, one set of sums, and what they show at t."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import streams.entities.ticket as compiled_or_not
from schemas.policy import Policy
from schemas.scalars import DAY, FIRST_INSTANT
from streams.clocks.local_days import DAYS_KEPT
from streams.clocks.windows import SLA_WINDOWS, WINDOWS
from streams.engine.channels import channel_families
from streams.engine.levels import configuration_families, level_families, table_of
from streams.engine.partition import Partition
from streams.engine.rings import EVER
from streams.engine.rolling import rolling_families
from streams.engine.samples import Family
from streams.engine.sums import Sums, Totals, WindowedSums
from streams.entities.rules import Rules
from streams.facts.facts import CLOSED
from streams.kpis.catalogue import catalogue

# Rows of changed facts that are gathered before they are added to the rings.
ROWS_MAX: Final = 20_000


def compiled() -> bool:
    """Return whether the hot modules run compiled."""
    return not compiled_or_not.__file__.endswith(".py")


class Engine:
    """The pure machine of one process.

    `live`: labels without a list take `max_label_values` values, later ones are `other`; a
    replay takes every value.
    """

    def __init__(self, policy: Policy, *, live: bool) -> None:
        self.policy = policy
        self.kpis = catalogue(policy)
        self.rules = Rules(
            policy,
            label_limit=policy.max_label_values if live else None,
            wanted=frozenset(kpi.fact for kpi in self.kpis),
        )
        self._totals = self._new_sums()
        self._served: dict[int, Partition] = {}
        self._recovering: dict[int, tuple[Partition, Sums]] = {}
        # No event is older.
        self._t: int = FIRST_INSTANT

    def open(self, number: int) -> Partition:
        """Return a new, empty partition that is not shown yet."""
        sums = self._new_sums()
        partition = Partition(number, self.rules, sums.changes)
        self._recovering[number] = (partition, sums)
        return partition

    def serve(self, number: int, now: int) -> None:
        """Let the partition's sums join the totals at `now`."""
        partition, sums = self._recovering.pop(number)
        self.advance(now)
        partition.advance(self._t)
        self._totals.merge(sums, self._t)
        partition.changes = self._totals.changes
        self._served[number] = partition

    def drop(self, *numbers: int) -> None:
        """Take the sums of these partitions away; unknown ones are ignored."""
        dropped = []
        for number in numbers:
            self._recovering.pop(number, None)
            partition = self._served.pop(number, None)
            if partition is not None:
                dropped.append(partition)
        if not self._served:
            self._totals = self._new_sums()
        else:
            for partition in dropped:
                partition.withdraw()
                self.flush()

    def advance(self, t: int) -> None:
        """Let time pass to t in milliseconds; it never goes back."""
        self._t = max(self._t, t)
        for partition in self._served.values():
            partition.advance(self._t)

    def flush(self) -> None:
        """Add the changed facts to the sums."""
        self._totals.flush(self._t)

    def flush_if_full(self) -> None:
        """Flush when so many changes have gathered that they cost memory."""
        if self._totals.changes.rows >= ROWS_MAX:
            self.flush()
        for _, sums in self._recovering.values():
            if sums.changes.rows >= ROWS_MAX:
                sums.flush(self._t)

    def snapshot(self, t: int) -> "Snapshot":
        """Return what is shown at t; an earlier t than the last one is taken as that one."""
        self.advance(t)
        self.flush()
        served = self._served.values()
        return Snapshot(
            self,
            self._t,
            self._totals.totals(),
            [bytes(partition.open_tickets.table) for partition in served],
            sum(partition.incomplete for partition in served),
            {name: steps for partition in served for name, steps in partition.channels().items()},
        )

    def label_overflows(self) -> dict[str, int]:
        """Return by label how often a value became `other` because there were too many."""
        vocabularies = self.rules.vocabularies
        return {label: found.overflows for label, found in vocabularies.items()}

    def text(self, fact: int, label: str, code: int) -> str:
        """Return the text of a label's code."""
        closed = CLOSED.get((fact, label))
        return self.rules.text(label, code) if closed is None else closed[code]

    def _new_sums(self) -> Sums:
        policy = self.policy
        texts = self.rules.scale.texts
        kpis = [kpi for kpi in self.kpis if kpi.windows == "kpi"]
        slas = [kpi for kpi in self.kpis if kpi.windows == "sla"]
        previous = policy.previous_windows
        sla_previous = [window for window in previous if window in SLA_WINDOWS]
        levels = [kpi for kpi in self.kpis if kpi.windows == "ever"]
        sets = [
            WindowedSums(
                kpis, policy.windows, previous, texts.__getitem__, policy.calendar_windows
            ),
            WindowedSums(levels, (EVER,), (), texts.__getitem__),
        ]
        if slas:
            sets.append(WindowedSums(slas, SLA_WINDOWS, sla_previous, texts.__getitem__))
        return Sums(sets)


class Snapshot:
    """What the engine showed at t. Immutable, so it may be rendered in another thread."""

    def __init__(
        self,
        engine: Engine,
        t: int,
        totals: Sequence[Totals],
        tables: Sequence[bytes],
        incomplete: int,
        channels: Mapping[str, Sequence[tuple[int, bool]]],
    ) -> None:
        self.t = t
        self._engine = engine
        self._totals = totals
        self._tables = tables
        self._incomplete = incomplete
        self._channels = channels

    def families(self) -> Iterator[Family]:
        """Yield all families that have samples."""
        engine = self._engine
        yield from rolling_families(engine.kpis, self._totals, engine.text)
        rows = table_of(self._tables)
        for family in level_families(rows, self._incomplete, engine.rules, self.t):
            if family.samples:
                yield family
        yield from channel_families(self._channels, engine.rules, self.t)
        yield from configuration_families(engine.policy)


def horizon(policy: Policy) -> int:
    """Return how long an entity must be kept: past the horizon, and until no window shows it.

    A window and the one before reach back twice its length, calendar windows a quarter. What an
    event means for other events, and facts dated after it, are up to so many days away.
    """
    widest = max(WINDOWS[window] for window in (*policy.windows, *policy.previous_windows, "30d"))
    days = (
        *policy.acr.days,
        policy.fcr.days,
        policy.repeat_contact.days,
        policy.conversion.days,
    )
    return max(policy.horizon, 2 * widest + max(days) * DAY, (DAYS_KEPT + max(days)) * DAY)
