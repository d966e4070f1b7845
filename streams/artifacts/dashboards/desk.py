"""What a configuration has to show, and the PromQL that shows it on a dashboard.

Sums over workers come first and divisions last, as in the rules. A number is narrowed down by the
variables of those labels that all of its families have, and by no other. Where a recording rule
keeps these labels it is read, else the sums are.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from schemas.policy import Policy
from schemas.settings import Settings
from streams.artifacts.kpis_page import labels
from streams.artifacts.recordings import (
    APART,
    WAITING_SINCE,
    ratio_name,
    recordings,
    shares_of_scores,
)
from streams.artifacts.records import first_of_each_family
from streams.artifacts.rule import (
    aggregate,
    mean_of,
    part_of,
    quantile_of,
    quoted,
    recorded,
    total,
)
from streams.artifacts.rules import alerts
from streams.exposition.pipeline import READY
from streams.kpis import configured, service_levels
from streams.kpis.catalogue import Theme, catalogue, themes
from streams.kpis.kpi import LEVEL, ROLLING, Kpi, Level

# Labels that a reader may narrow a dashboard down by; each is a variable of the same name.
NARROWING: Final = ("queue", "channel", "priority", "agent", "currency")
WINDOW: Final = "$window"
# What a reader compares by; it comes first in the names of recordings.
FINER: Final = ("queue", "channel")
# SLA targets that were missed, and all that were judged.
JUDGED: Final = ("sla_breached", "sla_evaluated")


@dataclass(frozen=True)
class Sums:
    """Sums over workers of one or more families by labels, narrowed down alike.

    `window` is empty for a level.
    """

    by: tuple[str, ...]
    filters: tuple[str, ...]
    window: str

    def total(self, name: str, *also_by: str, **pinned: str) -> str:
        """Return the sum of a sample."""
        return total(self.selector(name, **pinned), *self.by, *also_by)

    def selector(self, name: str, **pinned: str) -> str:
        """Return the selector of a sample or a recording."""
        window = {"window": self.window} if self.window else {}
        return selector(name, self.filters, **pinned, **window)

    @property
    def levels(self) -> tuple[str, ...]:
        """The labels of a recording of the same, in the order of its name."""
        kept = sorted(self.by, key=lambda label: (label not in FINER, label))
        return (*kept, "window") if self.window else tuple(kept)


@dataclass(frozen=True)
class Desk:
    """A configuration as its dashboards see it.

    Records are found by their family, recordings and alerts are known by name.
    """

    settings: Settings
    themes: tuple[Theme, ...]
    records: Mapping[str, Kpi | Level]
    recordings: frozenset[str]
    alerts: frozenset[str]

    @property
    def policy(self) -> Policy:
        """The part of the settings that may change a number."""
        return self.settings.policy

    def has(self, *families: str) -> bool:
        """Return whether all of these families are shown."""
        return self.records.keys() >= set(families)

    def sums(self, *families: str, by: Iterable[str] = ()) -> Sums:
        """Return what sums up these families: by these labels, and by what is never added up."""
        records = [self.records[family] for family in families]
        apart = (label for label in labels(records[0]) if label in APART and label not in by)
        rolling = records[0].name.startswith(ROLLING)
        return Sums((*by, *apart), narrowing(records), WINDOW if rolling else "")

    def count(self, family: str, *by: str) -> str:
        """Return the sum of a count, an amount or a level."""
        return self.sums(family, by=by).total(self.name(family))

    def number_now(self, family: str) -> str:
        """Return a level of all, 0 where every worker is ready and knows of none."""
        workers = f"min by (job) ({selector(READY.name)}) == 1"
        return f"{self.count(family)} or 0 * ({workers})"

    def mean(self, family: str, *by: str, prefix: str = ROLLING) -> str:
        """Return the mean of what a histogram observed."""
        sums, name = self.sums(family, by=by), self.name(family, prefix)
        return self.recording(sums, name, "mean") or mean_of(
            sums.total(f"{name}_gsum"), sums.total(f"{name}_gcount")
        )

    def quantile(self, family: str, share_below: float, *by: str, prefix: str = ROLLING) -> str:
        """Return a quantile of what a histogram observed, as exact as its buckets are narrow."""
        sums, name = self.sums(family, by=by), self.name(family, prefix)
        return self.recording(sums, name, f"p{share_below * 100:g}") or quantile_of(
            share_below, sums.total(f"{name}_bucket", "le"), sums.total(f"{name}_gcount")
        )

    def scores(self, family: str, *by: str, prefix: str = ROLLING) -> dict[str, str]:
        """Return the shares of high scores of a survey, by operation."""
        sums, name = self.sums(family, by=by), self.name(family, prefix)

        def up_to(scale: str, bound: str) -> str:
            return sums.total(f"{name}_bucket", scale=scale, le=bound)

        return {
            operation: self.recording(sums, name, operation) or expression
            for operation, expression in shares_of_scores(family, up_to)
        }

    def share(self, part: str, whole: str, *by: str, prefix: str = ROLLING, **pinned: str) -> str:
        """Return part / whole; without a part 0, without a whole nothing.

        `pinned` labels have one value.
        """
        sums = self.sums(part, whole, by=by)
        shared = tuple(label for label in sums.by if label in labels(self.records[whole]))
        sums = Sums(shared, sums.filters, sums.window)
        metric = f"{prefix if sums.window else LEVEL}{part}_per_{whole}"
        return self.recording(sums, metric, "ratio", **pinned) or part_of(
            sums.total(self.name(part, prefix), **pinned),
            sums.total(self.name(whole, prefix), **pinned),
        )

    def cost_per(self, family: str) -> str:
        """Return the recorded cost of each of something."""
        return selector(
            ratio_name(ROLLING, "cost", family, ("currency",)), ("currency",), window=WINDOW
        )

    def attainment(self, *by: str, prefix: str = ROLLING) -> str:
        """Return the share of SLA targets that were met."""
        return f"1 - {self.share(*JUDGED, *by, prefix=prefix)}"

    def oldest(self) -> str:
        """Return since when the customer waits who has waited longest."""
        since = selector(recorded(("queue",), WAITING_SINCE, "min"), ("queue",))
        return aggregate("min", since)

    def recording(self, sums: Sums, metric: str, operation: str, **pinned: str) -> str | None:
        """Return the selector of a recording of these sums; None where none keeps the labels."""
        name = recorded(sums.levels, metric, operation)
        keeps = set(sums.filters) <= set(sums.by)
        return sums.selector(name, **pinned) if keeps and name in self.recordings else None

    def name(self, family: str, prefix: str = "") -> str:
        """Return the name of a family, in the window before where `prefix` says so."""
        name = self.records[family].name
        return prefix + name.removeprefix(ROLLING) if name.startswith(ROLLING) and prefix else name


def desk(settings: Settings) -> Desk:
    """Return what this configuration has to show. Raises DeskpulseError, as the catalogue does."""
    policy = settings.policy
    shown = tuple(shown_themes(policy))
    return Desk(
        settings=settings,
        themes=shown,
        records={record.family: record for theme in shown for record in theme.records},
        recordings=frozenset(each.record for each in recordings(policy)),
        alerts=frozenset(each.name for each in alerts(settings)),
    )


def shown_themes(policy: Policy) -> Iterator[Theme]:
    """Yield the themes with what this policy shows of them, one record a family."""
    kept = {kpi.family for kpi in catalogue(policy)}
    windows = bool(policy.windows or policy.calendar_windows)
    for theme in themes(policy):
        yield Theme(
            theme.title,
            theme.sentence,
            first_of_each_family(
                kpi
                for kpi in theme.kpis
                if kpi.family in kept and (windows or kpi.windows != "kpi")
            ),
            tuple(
                level
                for level in theme.levels
                if (windows or not level.rolling)
                and (policy.sla or level not in service_levels.LEVELS)
            ),
        )


def narrowing(records: Iterable[Kpi | Level]) -> tuple[str, ...]:
    """Return the labels by which all of these can be narrowed down."""
    known = [() if each in configured.LEVELS else labels(each) for each in records]
    return tuple(label for label in NARROWING if all(label in each for each in known))


def selector(
    name: str, filters: Iterable[str] = (), matchers: Iterable[str] = (), **pinned: str
) -> str:
    """Return the selector of a sample of the chosen job, narrowed down by the variables."""
    every = (
        'job=~"$job"',
        *(f'{label}=~"${label}"' for label in filters),
        *matchers,
        *(f"{label}={quoted(value)}" for label, value in pinned.items()),
    )
    return f"{name}{{{','.join(every)}}}"
