"""Levels at t: unresolved tickets and their ages, running clocks, the configuration's own."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Final

import numpy as np
from msgspec import structs
from numpy.typing import NDArray

from schemas.policy import Definitions, Policy
from streams.engine.open_tickets import SIZE
from streams.engine.samples import Family, Sample, bound_text, quotient
from streams.entities.rules import Rules, SlaRule
from streams.entities.ticket import NEVER
from streams.facts.facts import STATUSES, TARGETS
from streams.facts.vocabulary import packed, unpacked
from streams.kpis import configured, service_levels
from streams.kpis.backlog import AGES, INCOMPLETE, OLDEST, UNRESOLVED, WAITING
from streams.kpis.kpi import SECONDS, Level

# Texts of the closed labels of levels.
CLOSED: Final = {"status": STATUSES, "target": TARGETS}

ROWS: Final = np.dtype(
    [
        ("status", "<i2"),
        ("queue", "<i2"),
        ("channel", "<i2"),
        ("priority", "<i2"),
        ("created", "<i8"),
        ("waiting", "<i8"),
        ("policy0", "<i2"),
        ("policy1", "<i2"),
        ("policy2", "<i2"),
        ("unused", "<i2"),
        ("instant0", "<i8"),
        ("instant1", "<i8"),
        ("instant2", "<i8"),
    ],
)
assert ROWS.itemsize == SIZE

Table = NDArray[Any]
Texts = Callable[[str, int], str]


def table_of(tables: Sequence[bytes]) -> Table:
    """Return the rows of unresolved tickets of all partitions."""
    rows = np.frombuffer(b"".join(tables), ROWS)
    return rows[rows["status"] >= 0]


def level_families(rows: Table, incomplete: int, rules: Rules, t: int) -> Iterator[Family]:
    """Yield the levels of tickets and SLA clocks at t."""
    texts = _texts(rules)
    yield _counts(UNRESOLVED, rows, texts)
    yield _ages(rows, texts, t)
    waiting = rows[rows["waiting"] != NEVER]
    yield _counts(WAITING, waiting, texts)
    yield _minima(OLDEST, waiting, waiting["waiting"], texts)
    if rules.sla:
        yield from _clock_families(rows, rules, texts, t)
    yield _family(INCOMPLETE, [({}, incomplete)])


def configuration_families(policy: Policy) -> Iterator[Family]:
    """Yield what the configuration says: definitions, targets, benchmarks, objectives."""
    in_force = {} if policy.definitions == Definitions() else structs.asdict(policy.definitions)
    definitions = [({"kpi": kpi, "definition": name}, 1) for kpi, name in in_force.items()]
    targets = [
        ({"kpi": kpi, "queue": queue}, value)
        for kpi, target in policy.targets.items()
        for queue, value in (target if isinstance(target, dict) else {"": target}).items()
    ]
    benchmarks = [
        ({"kpi": kpi, "source": source}, value)
        for kpi, sources in policy.benchmarks.items()
        for source, value in sources.items()
    ]
    objectives = [
        ({"sla": sla.id}, sla.objective) for sla in policy.sla if sla.objective is not None
    ]
    seconds = [
        ({"sla": sla.id, "target": target}, quotient(milliseconds, 1000))
        for sla in policy.sla
        for target in TARGETS
        if (milliseconds := getattr(sla.targets, target)) is not None
    ]
    for level, rows in (
        (configured.DEFINITION, definitions),
        (configured.TARGET, targets),
        (configured.BENCHMARK, benchmarks),
        (service_levels.OBJECTIVE, objectives),
        (service_levels.TARGET, seconds),
    ):
        if rows:
            yield _family(level, rows)


def _family(level: Level, rows: Iterable[tuple[dict[str, str], float]]) -> Family:
    """Return a level whose samples are plain numbers, by their labels."""
    samples = [Sample(level.name, labels, value) for labels, value in rows]
    return Family(level.name, "gauge", level.help, samples)


def _texts(rules: Rules) -> Texts:
    def text(label: str, code: int) -> str:
        closed = CLOSED.get(label)
        return rules.text(label, code) if closed is None else closed[code]

    return text


def _labels(names: Sequence[str], codes: Sequence[int], texts: Texts) -> dict[str, str]:
    return {name: texts(name, code) for name, code in zip(names, codes, strict=True)}


def _groups(columns: Sequence[NDArray[Any]]) -> tuple[list[tuple[int, ...]], NDArray[Any]]:
    """Return the distinct combinations of columns, and for each row which one it is."""
    keys = packed(column.astype(np.int64) for column in columns)
    unique, inverse = np.unique(keys, return_inverse=True)
    return [unpacked(key, len(columns)) for key in unique.tolist()], inverse


def _counts(level: Level, rows: Table, texts: Texts) -> Family:
    combinations, inverse = _groups([rows[label] for label in level.labels])
    counts = np.bincount(inverse, minlength=len(combinations)).tolist()
    return _family(
        level,
        (
            (_labels(level.labels, codes, texts), count)
            for codes, count in zip(combinations, counts, strict=True)
        ),
    )


def _minima(level: Level, rows: Table, instants: NDArray[Any], texts: Texts) -> Family:
    combinations, inverse = _groups([rows[label] for label in level.labels])
    minima = np.full(len(combinations), np.iinfo(np.int64).max)
    np.minimum.at(minima, inverse, instants)
    return _family(
        level,
        (
            (_labels(level.labels, codes, texts), quotient(minimum, 1000))
            for codes, minimum in zip(combinations, minima.tolist(), strict=True)
        ),
    )


def _ages(rows: Table, texts: Texts, t: int) -> Family:
    ages = t - rows["created"]
    buckets = np.searchsorted(np.array(SECONDS, np.int64), ages)
    combinations, inverse = _groups([rows[label] for label in AGES.labels])
    samples = []
    for number, codes in enumerate(combinations):
        members = inverse == number
        labels = _labels(AGES.labels, codes, texts)
        counts = np.bincount(buckets[members], minlength=len(SECONDS) + 1).tolist()
        total = 0
        bounds = [*(bound_text(bound, 1000) for bound in SECONDS), "+Inf"]
        for le, count in zip(bounds, counts, strict=True):
            total += count
            samples.append(Sample(f"{AGES.name}_bucket", {**labels, "le": le}, total))
        samples.append(Sample(f"{AGES.name}_gcount", labels, total))
        samples.append(
            Sample(f"{AGES.name}_gsum", labels, quotient(int(ages[members].sum()), 1000))
        )
    return Family(AGES.name, AGES.kind, AGES.help, samples)


def _clock_families(rows: Table, rules: Rules, texts: Texts, t: int) -> Iterator[Family]:
    running, overdue, due_soon = [], [], []
    for target in range(len(TARGETS)):
        policies, instants = rows[f"policy{target}"], rows[f"instant{target}"]
        judged = policies >= 0
        runs = judged & (instants > t)
        soon = runs.copy()
        soon[runs] = _is_due_soon(rules, policies[runs], instants[runs], target, t)
        running.append(_clocks(rows, runs, target))
        overdue.append(_clocks(rows, judged & (instants <= t), target))
        due_soon.append(_clocks(rows, soon, target))
    clocks = np.concatenate(running)
    yield _counts(service_levels.RUNNING, clocks, texts)
    yield _counts(service_levels.OVERDUE, np.concatenate(overdue), texts)
    yield _counts(service_levels.DUE_SOON, np.concatenate(due_soon), texts)
    yield _minima(service_levels.NEXT_DEADLINE, clocks, clocks["instant"], texts)


CLOCK_ROWS: Final = np.dtype(
    [
        ("sla", "<i2"),
        ("target", "<i2"),
        ("queue", "<i2"),
        ("priority", "<i2"),
        ("instant", "<i8"),
    ],
)


def _clocks(rows: Table, chosen: NDArray[Any], target: int) -> Table:
    """Return the clocks of a target of the chosen tickets."""
    found = np.zeros(int(chosen.sum()), CLOCK_ROWS)
    found["sla"] = rows[f"policy{target}"][chosen]
    found["target"] = target
    found["queue"] = rows["queue"][chosen]
    found["priority"] = rows["priority"][chosen]
    found["instant"] = rows[f"instant{target}"][chosen]
    return found


def _is_due_soon(
    rules: Rules,
    policies: NDArray[Any],
    instants: NDArray[Any],
    target: int,
    t: int,
) -> NDArray[Any]:
    """Return which running clocks have no more time left than their policy's `due_soon`."""
    found = np.zeros(len(policies), bool)
    for number in np.unique(policies).tolist():
        rule = rules.sla[number]
        own = policies == number
        found[own] = _left(rule, instants[own], t) <= _due_soon(rules.policy, rule, target)
    return found


def _left(rule: SlaRule, instants: NDArray[Any], t: int) -> NDArray[Any]:
    if rule.clock is None:
        return np.asarray(instants - t)
    return np.array([rule.clock.open_between(t, y) for y in instants.tolist()], np.int64)


def _due_soon(policy: Policy, rule: SlaRule, target: int) -> int:
    configured = policy.sla[rule.number].due_soon
    return rule.targets[target] // 4 if configured is None else configured
