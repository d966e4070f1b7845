"""What tickets say about customers, from partition to partition."""

import re

import pytest
from msgspec.structs import replace

from schemas.policy import Policy
from schemas.registry import entity_of
from schemas.scalars import DAY, HOUR
from streams.engine.engine import Engine
from streams.engine.partition import Partition, Said
from streams.entities import stored
from tests.engine.durable import (
    SEEDS,
    START,
    Changelog,
    one_by_one,
    recovered,
    served,
    situation,
    story,
    told,
    write,
)
from tests.engine_numbers import Numbers, replayed, shown
from tests.policies import NO_CUSTOMERS
from tests.story import Shown, Story


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
