"""What a partition writes, reads again, and forgets."""

from random import Random

import pytest
from msgspec.structs import replace

from schemas.policy import FirstContactResolution, Policy
from schemas.scalars import DAY
from streams.engine.engine import Engine, horizon
from streams.engine.partition import Said
from streams.entities.stored import StateError
from tests.engine.durable import (
    SEEDS,
    START,
    Changelog,
    recovered,
    served,
    situation,
    story,
    told,
    write,
)
from tests.engine_numbers import replayed, shown
from tests.story import Shown


@pytest.mark.parametrize("seed", SEEDS)
def test_what_was_written_is_shown_after_a_recovery(seed: int) -> None:
    """Written in several checkpoints, recovered later than it was written."""
    events, policy, instants = situation(seed)
    _, (partition,) = served(policy, instants[0])
    changelog: Changelog = {}
    for at in range(0, len(events), 10):
        partition.apply(events[at : at + 10], instants[0])
        told(partition, instants[0])
        write(changelog, partition)
    for t in instants:
        engine, again = recovered(changelog, policy, t)
        told(again, t)
        assert shown([engine], t) == replayed(events, policy, t)
        assert again.entities() == {k: n for k, n in partition.entities().items() if n}


@pytest.mark.parametrize("seed", SEEDS)
def test_events_that_come_again_after_a_recovery_change_nothing(seed: int) -> None:
    """Their offsets were not committed; some entities hold them already."""
    events, policy, instants = situation(seed)
    t = instants[-1]
    _, (partition,) = served(policy, t)
    changelog: Changelog = {}
    partition.apply(events[: len(events) // 2], t)
    told(partition, t)
    write(changelog, partition)
    engine, again = recovered(changelog, policy, t)
    again.apply(events, t)
    told(again, t)
    assert shown([engine], t) == replayed(events, policy, t)


def test_a_checkpoint_holds_what_has_changed_since_the_last() -> None:
    events = story("09:00 t1 created\n09:00 t2 created\n09:30 t2 reply").events
    _, (partition,) = served(Policy(), START)
    partition.apply(events[:2], START + DAY)
    clock = b"clock\0"
    assert {key for key, _ in partition.checkpoint()} == {b"ticket\0t1", b"ticket\0t2", clock}
    partition.outbox()
    assert partition.checkpoint() == []
    partition.apply(events, START + DAY)
    assert {key for key, _ in partition.checkpoint()} == {b"ticket\0t2", clock}


def test_only_the_last_record_of_a_key_counts() -> None:
    first, second = story("09:00 t1 created queue=a\n09:30 t1 updated queue=b").events
    _, (partition,) = served(Policy(), START)
    records = []
    for event in (first, second):
        partition.apply([event], START + DAY)
        records += partition.checkpoint()
    engine = Engine(Policy(), live=False)
    again = engine.open(0)
    for key, value in [*records, (b"ticket\0t2", records[0][1]), (b"ticket\0t2", None)]:
        again.recover(key, value)
    again.recover(b"ticket\0never", None)
    again.derive(START + DAY, 10)
    engine.serve(0, START + DAY)
    numbers = Shown(shown([engine], START + DAY))
    assert (
        numbers.level("tickets_unresolved") == numbers.level("tickets_unresolved", queue="b") == 1
    )


# State that cannot be read


def test_state_of_another_version_is_refused_with_what_to_do() -> None:
    partition = Engine(Policy(), live=False).open(3)
    with pytest.raises(StateError, match="partition 3 has state version 9, this program reads 1"):
        partition.recover(b"ticket\0t1", b"\x09rest")
    with pytest.raises(StateError, match="run the version that wrote it, or recompute"):
        partition.recover(b"clock\0", b"\x02")
    with pytest.raises(StateError, match="state version none"):
        partition.recover(b"statement\0" + b"1\0ct", b"")


@pytest.mark.parametrize("seed", range(6))
def test_a_cut_off_record_is_refused_not_misread(seed: int) -> None:
    events, policy, instants = situation(seed)
    t = instants[-1]
    _, (partition,) = served(policy, t)
    partition.apply(events, t)
    told(partition, t)
    random = Random(seed)
    for key, value in partition.checkpoint():
        if value is None or key == b"clock\0":
            continue
        again = Engine(policy, live=False).open(0)
        again.recover(key, value[: random.randrange(1, len(value))])
        with pytest.raises(StateError, match="damaged"):
            again.derive(t, 1)


# Forgetting


@pytest.mark.parametrize("seed", SEEDS)
def test_forgetting_does_not_show(seed: int) -> None:
    """What no window reaches any more is forgotten; what a level shows stays."""
    events, policy, _ = situation(seed)
    policy = replace(policy, horizon=DAY)
    t = max((event.time for event in events), default=START) + horizon(policy) + 2 * DAY
    engine, (partition,) = served(policy, t)
    partition.apply(events, t)
    told(partition, t)
    changelog: Changelog = {}
    write(changelog, partition)
    before = shown([engine], t)
    tickets = set(partition.open_tickets.rows)
    for _ in events:
        partition.evict(t - horizon(policy), 3)
        told(partition, t)
    # Of a ticket that was never created nothing is left.
    before.pop(("helpdesk_pipeline_tickets_incomplete", frozenset()), None)
    assert shown([engine], t) == before
    write(changelog, partition)
    kinds = {key.split(b"\0")[0] for key in changelog}
    assert kinds <= {b"ticket", b"orders", b"channel", b"clock", b"statement"}
    kept = {key.split(b"\0", 1)[1].decode() for key in changelog if key.startswith(b"ticket\0")}
    assert kept == tickets == set(partition.open_tickets.rows)
    again, late = recovered(changelog, policy, t)
    told(late, t)
    assert shown([again], t) == before


def test_a_forgotten_ticket_is_a_tombstone_and_its_statement_too() -> None:
    events = story("09:00 t1 created customer=cora\n10:00 t1 solved by=agent").events
    policy = Policy()
    _, (partition,) = served(policy, START)
    partition.apply(events, START + DAY)
    told(partition, START + DAY)
    written = dict(partition.checkpoint())
    assert b"ticket\0t1" in written
    later = START + 900 * DAY
    partition.advance(later)
    assert partition.evict(START, 10) == 0
    assert partition.evict(later - horizon(policy), 10) == 1
    assert partition.outbox() == [Said("cora", "t1", None)]
    partition.accept([Said("cora", "t1", None)], later)
    tombs = {key for key, value in partition.checkpoint() if value is None}
    assert tombs == {b"ticket\0t1", b"statement\x004\0corat1"}
    assert partition.entities()["ticket"] == 0


def test_an_unresolved_ticket_an_order_and_a_channel_are_never_forgotten() -> None:
    events = story(
        """
        09:00  t1  created
        09:00  t2  writes
        09:00  o1  orders   customer=cora amount=5
        09:00  ch  channel  channel=chat available=true
        09:00  c1  calls    customer=cora
        09:00  r1  review   kind=qa score=1 max_score=1
        09:00  s1  sent     kind=csat
        """
    ).events
    later = START + 900 * DAY
    _, (partition,) = served(Policy(), START)
    partition.apply(events, START + DAY)
    partition.advance(later)
    assert partition.evict(later - horizon(Policy()), 100) == 4
    left = {kind for kind, count in partition.entities().items() if count}
    assert left == {"ticket", "orders", "channel"}
    assert set(partition.open_tickets.rows) == {"t1"}
    assert partition.incomplete == 0


def test_a_cost_is_kept_until_its_last_day_is_past() -> None:
    """It may be known a year before."""
    past = story("09:00 k1 costs amount=73100 from=2026-06-01 to=2028-06-01")
    later = START + 729 * DAY
    engine, (partition,) = served(Policy(), START)
    partition.apply(past.events, START + DAY)
    engine.advance(later)
    assert partition.evict(later - horizon(Policy()), 10) == 0
    assert Shown(shown([engine], later)).value("cost", window="7d") == 700
    engine.advance(later + 402 * DAY)
    assert partition.evict(later + 402 * DAY - horizon(Policy()), 10) == 1


def test_the_horizon_is_beyond_every_window_and_what_is_dated_days_later() -> None:
    assert horizon(Policy()) == 400 * DAY
    short = Policy(horizon=DAY, windows=("1h",))
    assert horizon(short) >= (92 + 7) * DAY
    assert horizon(replace(short, previous_windows=("90d",))) == (180 + 7) * DAY
    assert horizon(replace(short, fcr=FirstContactResolution(days=300))) > (300 + 92) * DAY
