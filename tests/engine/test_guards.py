"""Every guard is needed: switched off, a law that holds with it fails.

A guard is named by what it keeps out; the laws are other tests.
"""

from collections.abc import Callable
from datetime import date
from typing import Any, Final, NamedTuple

import numpy as np
import pytest

from schemas.scalars import EPOCH, MILLISECOND
from streams.clocks.local_days import LocalDays
from streams.engine.changes import Changes
from streams.engine.engine import Engine, compiled
from streams.engine.partition import Partition
from streams.engine.rings import Integers, Ring
from streams.engine.series import Directory
from streams.entities.stored import Stored
from streams.entities.ticket_facts import Meaning
from streams.facts.facts import Row
from tests.clocks import test_local_days as days
from tests.engine import test_partition as partitions
from tests.engine import test_recovery as recovery
from tests.engine import test_serving as serving
from tests.engine import test_statements as statements
from tests.engine import test_sums as sums
from tests.entities import test_stored as bytes_of_events

pytestmark = pytest.mark.skipif(compiled(), reason="a compiled module cannot be patched")

SEEDS: Final = range(20)
Law = Callable[[], None]

replace_both = Changes.replace
find_slots = Directory.slots_of
say = Partition._say


def for_some_seed(law: Callable[[int], None]) -> Law:
    """Return a law that holds only if it does for every seed."""

    def all_seeds() -> None:
        for seed in SEEDS:
            law(seed)

    return all_seeds


class Guard(NamedTuple):
    """What is kept out, where, what happens without it, and the law that then fails."""

    keeps_out: str
    place: str
    off: Any
    law: Law


def only_add(changes: Changes, old: list[Row], new: list[Row]) -> None:
    replace_both(changes, [], new)


def without_clearing(ring: Ring, t: int) -> None:
    ring.newest = t // ring.pane


def with_older_ones(ring: Ring, times: Integers, slots: Integers, amounts: Integers) -> None:
    np.add.at(ring.cells, (times // ring.pane % ring.rows, slots), amounts)


def keep_zeros(rows: Integers) -> Integers:
    return rows[:, np.lexsort((rows[1], rows[0]))]


def same_slots(directory: Directory, other: Directory) -> Integers:
    return np.arange(len(find_slots(directory, other)))


def never_withdraw(partition: Partition, ticket: str, old: Meaning, new: Meaning) -> None:
    say(partition, ticket, Meaning([], [], {}), new)


def nothing_new(_: Partition, __: list[Stored], now: Meaning) -> Meaning:
    return now


def go_anywhere(engine: Engine, t: int) -> None:
    engine._t = t


def wall_date(local: LocalDays, t: int) -> int:
    return (EPOCH + t * MILLISECOND).astimezone(local._zone).date().toordinal()


def by_bytes(event: Stored) -> tuple[int, str, str, str]:
    return event[0], event[1], event[2], repr(event[3])


def unsaid(*_: object) -> None:
    return None


GUARDS: Final = (
    Guard(
        "events later than t",
        "streams.engine.partition.until",
        lambda events, _t: events,
        for_some_seed(partitions.test_the_future_does_not_show),
    ),
    Guard(
        "forgetting events that are held until they are due",
        "streams.engine.partition.Partition._hold",
        unsaid,
        for_some_seed(partitions.test_events_that_came_early_count_when_they_are_due),
    ),
    Guard(
        "further copies of an event",
        "streams.engine.store._find",
        lambda _events, _wanted: -1,
        for_some_seed(recovery.test_events_that_come_again_after_a_recovery_change_nothing),
    ),
    Guard(
        "the content that came first instead of the one that wins",
        "streams.entities.stored.precedence",
        lambda _event, _key: (),
        for_some_seed(partitions.test_the_order_of_arrival_does_not_show),
    ),
    Guard(
        "the order of arrival of late events",
        "streams.entities.stored.in_order",
        unsaid,
        for_some_seed(partitions.test_the_order_of_arrival_does_not_show),
    ),
    Guard(
        "taking a late event for the newest",
        "streams.entities.stored.is_newer",
        lambda _event, _than: True,
        for_some_seed(partitions.test_the_order_of_arrival_does_not_show),
    ),
    Guard(
        "ids of two forms in two orders",
        "streams.entities.stored.order",
        by_bytes,
        bytes_of_events.test_ids_of_both_forms_in_a_tie_have_one_order,
    ),
    Guard(
        "facts that were taken back",
        "streams.engine.changes.Changes.replace",
        only_add,
        for_some_seed(partitions.test_the_order_of_arrival_does_not_show),
    ),
    Guard(
        "facts that have left the window",
        "streams.engine.rings.Ring.advance",
        without_clearing,
        for_some_seed(partitions.test_events_that_came_early_count_when_they_are_due),
    ),
    Guard(
        "facts from before the window",
        "streams.engine.rings.Ring.add",
        with_older_ones,
        for_some_seed(partitions.test_what_is_shown_is_what_the_oracle_finds),
    ),
    Guard(
        "forgetting facts of the future",
        "streams.engine.rings.Pending.due",
        lambda _pending, _t: np.zeros((3, 0), np.int64),
        for_some_seed(partitions.test_events_that_came_early_count_when_they_are_due),
    ),
    Guard(
        "facts of the future that were taken back, from memory",
        "streams.engine.rings.consolidate",
        keep_zeros,
        lambda: sums.test_taken_back_facts_of_the_future_take_no_memory(add_far=True),
    ),
    Guard(
        "the slots of another partition",
        "streams.engine.series.Directory.slots_of",
        same_slots,
        for_some_seed(serving.test_an_engine_shows_the_sum_of_the_partitions_that_it_serves),
    ),
    Guard(
        "the facts of a partition that was dropped",
        "streams.engine.partition.Partition.withdraw",
        unsaid,
        for_some_seed(serving.test_an_engine_shows_the_sum_of_the_partitions_that_it_serves),
    ),
    Guard(
        "a clock that goes back",
        "streams.engine.engine.Engine.advance",
        go_anywhere,
        serving.test_time_never_goes_back,
    ),
    Guard(
        "statements that change with their ticket",
        "streams.entities.statement.list",
        lambda line: line,
        statements.test_a_statement_does_not_change_with_its_ticket,
    ),
    Guard(
        "statements that ended while nobody held the ticket",
        "streams.engine.partition.Partition._said_before",
        nothing_new,
        statements.test_a_statement_that_falls_due_or_ends_while_nobody_holds_its_ticket,
    ),
    Guard(
        "what a ticket no longer says",
        "streams.engine.partition.Partition._say",
        never_withdraw,
        statements.test_a_ticket_that_changes_its_customer_withdraws_what_it_said,
    ),
    Guard(
        "statements that nobody asks for",
        "streams.engine.store.Store.forget_statements",
        unsaid,
        statements.test_a_family_that_is_switched_off_leaves_no_statements,
    ),
    Guard(
        "state of another version",
        "streams.entities.stored.VERSION",
        b"\x09",
        recovery.test_state_of_another_version_is_refused_with_what_to_do,
    ),
    Guard(
        "forgetting a cost before its last day",
        "streams.engine.partition.Partition._last_date",
        lambda _partition, _kind, events: events[-1][0],
        recovery.test_a_cost_is_kept_until_its_last_day_is_past,
    ),
    Guard(
        "tickets without a created event",
        "streams.engine.partition.Partition._count_incomplete",
        unsaid,
        partitions.test_a_ticket_is_incomplete_until_it_is_created_or_excluded,
    ),
    Guard(
        "days that go back",
        "streams.clocks.local_days.LocalDays.day",
        wall_date,
        lambda: days.test_days_never_go_back("America/St_Johns", date(2010, 11, 7)),
    ),
)


@pytest.fixture(params=GUARDS, ids=lambda guard: guard.keeps_out)
def guard(request: pytest.FixtureRequest) -> Guard:
    chosen: Guard = request.param
    return chosen


def test_a_law_fails_without_its_guard(guard: Guard, monkeypatch: pytest.MonkeyPatch) -> None:
    # `list` is Python's own, so the module has none to replace.
    monkeypatch.setattr(guard.place, guard.off, raising=not guard.place.endswith(".list"))
    # With CI=true pytest works out the whole difference, for minutes, and nobody reads this one.
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises((AssertionError, pytest.fail.Exception)):
        guard.law()
