"""A partition: its numbers are those of the set of its events, whatever happens to it."""

import re
from random import Random

import pytest
from msgspec.structs import replace

from schemas.events import Event
from schemas.policy import FirstContactResolution, Kpis, Policy
from schemas.registry import entity_of, precedence
from schemas.scalars import DAY, HOUR
from streams.engine.engine import Engine, horizon
from streams.engine.partition import Partition, Said
from streams.engine.store import Applied
from streams.entities import stored
from streams.entities.stored import StateError
from tests.engine.durable import (
    Changelog,
    one_by_one,
    recovered,
    served,
    situation,
    told,
    write,
)
from tests.engine_numbers import Numbers, one_batch, replayed, shown
from tests.properties.comparison import differences, expected
from tests.story import DAY_OF_STORIES, Shown, Story

SEEDS = range(6)
START = int(DAY_OF_STORIES.timestamp()) * 1000
NO_CUSTOMERS = Kpis(
    disable=(
        "contacts*",
        "fcr_eligible",
        "fcr_resolved",
        "acr_*",
        "tickets_converted",
        "revenue_*",
    )
)


def story(table: str, policy: Policy | None = None) -> Story:
    return Story(replayed, table, policy)


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


# Recovery


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
    with pytest.raises(StateError, match="run the version that wrote it, or reset the group"):
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


# Serving


@pytest.mark.parametrize("seed", SEEDS)
def test_an_engine_shows_the_sum_of_the_partitions_that_it_serves(seed: int) -> None:
    """Whatever was served and dropped before, in any order."""
    random = Random(seed)
    events, policy, instants = situation(seed, tickets=9)
    t = instants[0] - DAY
    of = {number: [e for e in events if shard(entity_of(e)[1]) == number] for number in range(4)}
    engine = Engine(policy, live=False)
    serving: dict[int, Partition] = {}
    for _ in range(9):
        t = min(t + random.choice((0, 1, HOUR, DAY)), instants[-1])
        number = random.randrange(4)
        if number in serving:
            gone = random.sample(sorted(serving), random.randrange(1, len(serving) + 1))
            engine.drop(*gone, 99)
            serving = {n: left for n, left in serving.items() if n not in gone}
        else:
            partition = engine.open(number)
            if random.randrange(4) == 0:
                engine.drop(number)
                continue
            partition.gather(of[number])
            while not partition.derive(t, 3):
                engine.flush_if_full()
            engine.serve(number, t)
            serving[number] = partition
        engine.advance(t)
        for partition in serving.values():
            told(partition, t)
        alone = [served_alone(of[number], policy, t) for number in sorted(serving)]
        assert shown([engine], t) == shown(alone or [Engine(policy, live=False)], t)


def shard(key: str) -> int:
    return sum(key.encode()) % 4


def served_alone(events: list[Event], policy: Policy, t: int) -> Engine:
    engine, (partition,) = served(policy, t)
    partition.apply(events, t)
    told(partition, t)
    return engine


def test_time_never_goes_back() -> None:
    past = story("09:00 t1 created\n11:00 t2 created")
    engine, (partition,) = served(Policy(), START)
    partition.apply(past.events, START)
    noon = START + 12 * HOUR
    assert engine.snapshot(noon).t == noon
    assert engine.snapshot(START + 10 * HOUR).t == noon
    partition.apply([], START)
    assert Shown(shown([engine], START)).value("tickets_opened") == 2


# Statements between partitions


def two() -> tuple[Engine, list[Partition]]:
    """Return an engine with a partition of tickets and one of customers."""
    return served(Policy(), START, (0, 1))


CUSTOMERS = """
    09:00  t1  created   customer=cora queue=a
    09:10  t1  reply     ann
    09:20  t1  solved    by=agent
    09:30  o1  orders    customer=cora amount=10
    09:40  t2  created   customer=cora queue=b
"""


def test_a_customer_hears_from_tickets_of_any_partition() -> None:
    past = story(CUSTOMERS)
    t = START + DAY
    engine, (tickets, customers) = two()
    tickets.apply([e for e in past.events if entity_of(e)[0] == "ticket"], t)
    customers.apply([e for e in past.events if entity_of(e)[0] == "orders"], t)
    assert shown([engine], t) != replayed(past.events, Policy(), t)
    customers.accept(tickets.outbox(), t)
    assert shown([engine], t) == replayed(past.events, Policy(), t)


def test_statements_come_in_any_order_and_more_than_once() -> None:
    past = story(CUSTOMERS)
    t = START + DAY
    said = said_by(past, t)
    assert [(one.customer, one.ticket) for one in said] == [("cora", "t1"), ("cora", "t2")]
    found = []
    for way in (said, said[::-1], [*said, *said, said[0]]):
        engine, (_, customers) = two()
        for one in way:
            customers.accept([one], t)
        found.append(shown([engine], t))
    assert found[0] == found[1] == found[2]


def said_by(past: Story, t: int) -> list[Said]:
    _, (tickets, _) = two()
    tickets.apply(past.events, t)
    return tickets.outbox()


def test_a_ticket_that_changes_its_customer_withdraws_what_it_said() -> None:
    """A creation is said of the customer at that time, which a restated creation changes."""
    past = story("09:00 t1 created customer=cora @id=a\n08:59 t1 created customer=cyd @id=b")
    _, (tickets, _) = two()
    tickets.apply(past.events[:1], START + DAY)
    (first,) = tickets.outbox()
    assert first.customer == "cora"
    tickets.apply(past.events[1:], START + DAY)
    said = {one.customer: one.statement for one in tickets.outbox()}
    assert said.get("cora", b"") is None
    assert said["cyd"] is not None
    assert tickets.outbox() == []


def test_a_statement_does_not_change_with_its_ticket() -> None:
    """What was said is compared with what is to be said, also when the ticket just went on."""
    past = story(
        """
        09:00  t1  created  customer=cora queue=a
        09:01  t1  reply    ann
        09:05  t1  updated  queue=b
        09:10  o1  orders   customer=cora amount=5
        """
    )
    numbers = Shown(one_by_one(past.events, Policy(), START + DAY - 1))
    assert numbers.value("tickets_converted", queue="b") == 1


def test_a_statement_that_falls_due_or_ends_while_nobody_holds_its_ticket() -> None:
    """The ticket was said to be a contact; that it is spam was known, but not due yet."""
    past = story("09:00 t1 created customer=cora\n10:00 t1 spam\n10:00 t2 created customer=cora")
    _, (partition,) = served(Policy(), START)
    changelog: Changelog = {}
    partition.apply(past.events, START + 9 * HOUR)
    told(partition, START + 9 * HOUR)
    write(changelog, partition)
    later = START + 11 * HOUR
    engine, again = recovered(changelog, Policy(), later)
    said = {one.ticket: one.statement for one in again.outbox()}
    assert said.get("t1", b"") is None
    again.accept([Said("cora", ticket, statement) for ticket, statement in said.items()], later)
    assert shown([engine], later) == replayed(past.events, Policy(), later)


def test_a_ticket_says_nothing_twice() -> None:
    past = story("09:00 t1 created customer=cora\n09:10 t1 note\n09:20 t1 escalated tier=2")
    _, (tickets, _) = two()
    counts = []
    for event in past.events:
        tickets.apply([event], START + DAY)
        counts.append(len(tickets.outbox()))
    assert counts == [1, 0, 0]


def test_a_customer_and_a_ticket_may_be_called_anything() -> None:
    """The key of a statement tells them apart."""
    _, (partition,) = served(Policy(), START)
    changelog: Changelog = {}
    said = said_by(story("09:00 t1 created customer=cora"), START + DAY)[0].statement
    names = [("a", "b"), ("", "ab"), ("ab", ""), ("1\0a", "b\0"), ("ä", "\0")]
    partition.accept([Said(customer, ticket, said) for customer, ticket in names], START + DAY)
    write(changelog, partition)
    assert sum(key.startswith(b"statement\0") for key in changelog) == len(names)
    engine, again = recovered(changelog, Policy(), START + DAY)
    assert Shown(shown([engine], START + DAY)).value("contacts") == len(names)
    again.accept([Said(customer, ticket, None) for customer, ticket in names], START + DAY)
    write(changelog, again)
    assert not any(key.startswith(b"statement\0") for key in changelog)


# KPIs that are switched off and on


def without_customers(numbers: Numbers) -> Numbers:
    families = re.compile(
        r"helpdesk_(rolling|previous)_(contacts|fcr_(eligible|resolved)|(agent_)?acr_|"
        r"tickets_converted|revenue_(attributed|refunded))"
    )
    return {key: value for key, value in numbers.items() if not families.match(key[0])}


@pytest.mark.parametrize("seed", SEEDS)
def test_families_may_be_switched_off_and_on_across_recoveries(seed: int) -> None:
    """What was said and unsaid meanwhile is made up for."""
    events, policy, instants = situation(seed)
    policy = replace(policy, agents=replace(policy.agents, enabled=False))
    off = replace(policy, kpis=NO_CUSTOMERS)
    changelog: Changelog = {}
    _, partition = recovered(changelog, policy, instants[0])
    third = len(events) // 3
    for number, (settings, t) in enumerate(
        [(off, instants[0]), (policy, instants[1]), (off, instants[2]), (policy, instants[2])]
    ):
        partition.apply(events[number * third : (number + 1) * third], t)
        told(partition, t)
        write(changelog, partition)
        engine, partition = recovered(changelog, settings, t)
        told(partition, t)
        known = events[: (number + 1) * third]
        wanted = replayed(known, policy, t)
        if settings is off:
            wanted = without_customers(wanted)
            assert wanted == replayed(known, off, t)
        assert shown([engine], t) == wanted


def test_a_family_that_is_switched_off_leaves_no_statements() -> None:
    past = story("09:00 t1 created customer=cora")
    _, (partition,) = served(Policy(), START)
    changelog: Changelog = {}
    partition.apply(past.events, START + DAY)
    told(partition, START + DAY)
    write(changelog, partition)
    assert any(key.startswith(b"statement\0") for key in changelog)
    _, again = recovered(changelog, Policy(kpis=NO_CUSTOMERS), START + DAY)
    assert again.outbox() == []
    again.accept([Said("cora", "t1", stored.VERSION)], START + DAY)
    write(changelog, again)
    assert not any(key.startswith(b"statement\0") for key in changelog)


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
