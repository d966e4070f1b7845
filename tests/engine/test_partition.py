"""A partition: its numbers are those of the set of its events, whatever happens to it."""

from random import Random

import pytest

from schemas.events import Event
from schemas.policy import Policy
from schemas.registry import entity_of, precedence
from schemas.scalars import DAY, HOUR
from streams.engine.engine import Engine
from streams.engine.store import Applied
from tests.engine.durable import (
    SEEDS,
    START,
    one_by_one,
    served,
    served_alone,
    situation,
    story,
    told,
)
from tests.engine_numbers import one_batch, replayed, shown
from tests.properties.comparison import differences, expected
from tests.story import Shown


@pytest.mark.parametrize("seed", SEEDS)
def test_gather_and_derive_is_apply(seed: int) -> None:
    events, policy, instants = situation(seed)
    for t in instants:
        assert replayed(events, policy, t) == one_batch(events, policy, t)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_future_does_not_show(seed: int) -> None:
    """Nor does it when it was known before."""
    events, policy, instants = situation(seed)
    for t in instants:
        past = [event for event in events if event.time <= t]
        assert one_batch(events, policy, t) == replayed(past, policy, t)


@pytest.mark.parametrize("seed", SEEDS)
def test_events_that_came_early_count_when_they_are_due(seed: int) -> None:
    events, policy, instants = situation(seed)
    engine, (partition,) = served(policy, instants[0] - 90 * DAY)
    partition.apply(events, instants[0] - 90 * DAY)
    for t in instants:
        engine.advance(t)
        told(partition, t)
        assert shown([engine], t) == replayed(events, policy, t)


@pytest.mark.parametrize("seed", SEEDS)
def test_events_that_come_when_they_happen_are_all_at_once(seed: int) -> None:
    events, policy, instants = situation(seed)
    in_order = sorted(events, key=lambda event: event.time)
    for some in (in_order, events):
        assert one_by_one(some, policy, instants[-1]) == replayed(events, policy, instants[-1])


@pytest.mark.parametrize("seed", SEEDS)
def test_the_order_of_arrival_does_not_show(seed: int) -> None:
    """Nor which of two contents of one identity came first, nor how often."""
    random = Random(seed)
    events, policy, instants = situation(seed)
    t = instants[-1]
    wanted = replayed(events, policy, t)
    shuffled = random.sample(events, len(events)) + random.sample(events, len(events) // 3)
    for way in (events[::-1], shuffled):
        assert replayed(way, policy, t) == wanted
        assert one_batch(way, policy, t) == wanted


@pytest.mark.parametrize("seed", SEEDS)
def test_what_is_shown_is_what_the_oracle_finds(seed: int) -> None:
    events, policy, instants = situation(seed)
    for t in instants:
        assert not differences(one_batch(events, policy, t), expected(events, policy, t))


@pytest.mark.parametrize("seed", SEEDS)
def test_time_may_pass_while_a_partition_is_derived(seed: int) -> None:
    """Some entities are derived at one instant, some later, and it is served later still."""
    events, policy, instants = situation(seed)
    t = instants[-1]
    engine = Engine(policy, live=False)
    partition = engine.open(0)
    partition.gather(events)
    now = t - 200
    while not partition.derive(now, 1):
        now = min(t, now + 17)
    engine.serve(0, t)
    told(partition, t)
    assert shown([engine], t) == replayed(events, policy, t)


def test_an_event_that_falls_due_while_a_partition_is_derived_counts_once() -> None:
    past = story("09:00 t1 created\n09:00 t2 created\n10:00 t1 reply\n10:00 t2 reply")
    engine = Engine(Policy(), live=False)
    partition = engine.open(0)
    partition.gather(past.events)
    now = START + 10 * HOUR - 1
    while not partition.derive(now, 1):
        now += 1
    engine.serve(0, now + 5)
    numbers = Shown(shown([engine], now + 5))
    assert numbers.count("first_response_time_seconds") == 2


# Counting


def test_new_known_and_late_events_are_counted_apart() -> None:
    events = story("09:00 t1 created\n10:00 t1 reply\n09:30 t1 writes\n08:00 t2 created").events
    _, (partition,) = served(Policy(), START)
    now = START + DAY
    assert partition.apply([events[0], events[0]], now) == Applied(1, 1, 0)
    assert partition.apply([events[1], events[3]], now) == Applied(2, 0, 0)
    assert partition.apply([events[2], events[1]], now) == Applied(1, 1, 1)
    assert partition.apply([], now) == Applied(0, 0, 0)
    assert partition.entities() == {"ticket": 2}


@pytest.mark.parametrize("scanned", [0, 3, 10_000])
@pytest.mark.parametrize("seed", range(3))
def test_copies_are_found_in_small_and_large_entities(
    seed: int, scanned: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By looking through the events or in a table of them: the counts are the same."""
    monkeypatch.setattr("streams.engine.store.SCANNED_MAX", scanned)
    random = Random(seed)
    events, policy, instants = situation(seed)
    events += random.sample(events, len(events) // 2)
    _, (partition,) = served(policy, instants[-1])
    entities: dict[tuple[str, str], dict[tuple[str, str], Event]] = {}
    for at in range(0, len(events), 9):
        found = partition.apply(events[at : at + 9], instants[-1])
        new = late = 0
        for event in events[at : at + 9]:
            known = entities.setdefault(entity_of(event), {})
            identity = event.source, event.id
            if identity in known:
                known[identity] = min(known[identity], event, key=precedence)
                continue
            new += 1
            order = [(e.time, e.sequence or "", e.source, e.id) for e in (event, *known.values())]
            late += max(order) != order[0]
            known[identity] = event
        assert found == Applied(new, len(events[at : at + 9]) - new, late)
    numbers = shown([served_alone(events, policy, instants[-1])], instants[-1])
    assert numbers == replayed(events, policy, instants[-1])


def test_a_ticket_is_incomplete_until_it_is_created_or_excluded() -> None:
    events = story("09:00 t1 writes\n09:00 t2 writes\n08:59 t1 created\n09:01 t2 spam").events
    _, (partition,) = served(Policy(), START)
    counts = []
    for event in events:
        partition.apply([event], START + DAY)
        counts.append(partition.incomplete)
    assert counts == [1, 2, 1, 0]


# Labels of a live worker


def test_a_live_worker_takes_so_many_values_and_counts_the_rest() -> None:
    policy = Policy(max_label_values=2)
    past = story("\n".join(f"09:0{n} t{n} created queue=q{n}" for n in range(5)))
    t = START + DAY
    for live, queues in ((True, {"q0", "q1", "other"}), (False, {f"q{n}" for n in range(5)})):
        engine = Engine(policy, live=live)
        partition = engine.open(0)
        partition.derive(t, 1)
        engine.serve(0, t)
        partition.apply(past.events, t)
        assert Shown(shown([engine], t)).labels("tickets_opened", "queue") == queues
        assert (engine.label_overflows()["queue"] > 0) == live
        assert engine.label_overflows()["channel"] == 0
    partition.withdraw()
    assert not [key for key in shown([engine], t) if "rolling" in key[0]]
