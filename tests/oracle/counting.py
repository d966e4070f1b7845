"""How many lines of a recording are applied, duplicate or rejected. (Contract 7, ruling 5.)"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from schemas.decode import decode
from schemas.rejected import Rejected
from tests.oracle.selection import identity


@dataclass(frozen=True)
class Counts:
    """Ruling 5: applied: distinct valid identities; duplicate: further valid copies.

    What is rejected is counted by reason.
    """

    applied: int
    duplicate: int
    rejected: dict[str, int]


def counts(lines: Iterable[bytes]) -> Counts:
    """Count the lines of a recording, one CloudEvent a line; blank ones are none."""
    identities = set()
    valid = 0
    rejected: Counter[str] = Counter()
    for line in filter(bytes.strip, lines):
        event = decode(line)
        if isinstance(event, Rejected):
            rejected[event.reason] += 1
        else:
            valid += 1
            identities.add(identity(event))
    return Counts(len(identities), valid - len(identities), dict(rejected))
