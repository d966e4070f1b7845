"""Whether what a worker showed is right: beside a replay, and beside the oracle."""

from collections.abc import Callable, Iterable
from itertools import islice
from typing import Any, Final, NamedTuple

from bench.checksum import Numbers, checksum, kpis, of_families, of_oracle
from bench.workload import Record
from schemas.decode import decode
from schemas.policy import Policy
from streams.commands.replay import Replay
from streams.engine.engine import Engine
from tests.oracle import evaluate

ROLLING: Final = "helpdesk_rolling_"
EXAMPLES: Final = 3
SUFFIXES: Final = ("", "_bucket", "_gcount", "_gsum")


class Verdict(NamedTuple):
    """What was compared with what: records, samples, the checksum of each side.

    `examples` tells some samples that differ, none if all are the same to the last digit.
    """

    events: int
    judge: str
    samples: int
    found: str
    wanted: str
    examples: tuple[str, ...] = ()

    @property
    def equal(self) -> bool:
        """Whether both are the same to the last digit."""
        return self.found == self.wanted


def shown_by(policy: Policy) -> Callable[[str], bool]:
    """Return which samples a policy shows: the oracle works all of them out."""
    disabled = [
        f"{ROLLING}{family}{suffix}" for family in policy.kpis.disable for suffix in SUFFIXES
    ]
    return lambda name: name not in disabled


def beside_replay(records: Iterable[Record], policy: Policy, at: int, numbers: Numbers) -> Verdict:
    """Compare with the engine on the same records, gathered and derived at `at`."""
    replay = Replay(Engine(policy, live=False))
    replay.take(record.value for record in records)
    wanted = of_families(replay.at(at).families())
    return _verdict(replay.applied + replay.duplicate, "replay", numbers, wanted, policy)


def beside_oracle(records: Iterable[Record], policy: Policy, at: int, numbers: Numbers) -> Verdict:
    """Compare with the contract read literally; slow."""
    events: list[Any] = [decode(record.value) for record in records]
    wanted = of_oracle(evaluate(events, policy, at))
    return _verdict(len(events), "oracle", numbers, wanted, policy)


def _verdict(events: int, judge: str, found: Numbers, wanted: Numbers, policy: Policy) -> Verdict:
    shown = shown_by(policy)
    mine, theirs = kpis(found, shown), kpis(wanted, shown)
    differing = (key for key in mine.keys() | theirs.keys() if mine.get(key) != theirs.get(key))
    examples = tuple(
        f"{key[0]}{dict(sorted(key[1]))}: {mine.get(key)}, not {theirs.get(key)}"
        for key in islice(differing, EXAMPLES)
    )
    return Verdict(events, judge, len(theirs), checksum(mine), checksum(theirs), examples)
