"""What Kafka may lose, and somebody may do to it: made up for to the last digit, or told."""

import sys

import pytest
from aiokafka import TopicPartition

from schemas.decode import decode
from schemas.events import Event, TicketMessage, TicketStatus
from schemas.scalars import HOUR
from tests.integration.administration import (
    add_partitions,
    commit,
    create_anew,
    expire,
    forget_group,
)
from tests.integration.comparison import differences
from tests.integration.conftest import PARTITIONS, Site
from tests.integration.events import event, now, tickets
from tests.integration.kafka import kept
from tests.integration.workers import number, settled

PROGRAM = (sys.executable, "-m", "tests.integration.program")
OPENED = "helpdesk_rolling_tickets_opened"
EVENTS = "helpdesk_pipeline_events_total"


async def counted(site: Site, numbers: range) -> list[Event]:
    """Let a worker count these tickets and stop; return their events."""
    events = await site.send(tickets(numbers))
    async with site.worker() as worker:
        await settled([worker], PARTITIONS)
        assert await worker.stop() == 0
    return events


async def exact(site: Site, events: list[Event], partitions: int = PARTITIONS) -> str:
    """Assert that a new worker shows what the oracle shows; return what it logged."""
    async with site.worker() as worker:
        assert await differences([worker], events, site.settings.policy, partitions) == {}
        assert await worker.stop() == 0
    return worker.log.read_text("utf-8")


async def refused(site: Site) -> str:
    """Return what a worker logs that ends because something must be set right first."""
    async with site.worker() as worker:
        assert await worker.ended() == 2
    return worker.log.read_text("utf-8")


@pytest.mark.parametrize(("name", "shown"), [("plain", 20), ("trusting", 0)])
async def test_a_lost_changelog_is_made_up_for_unless_the_guard_is_off(
    ready_site: Site, name: str, shown: int
) -> None:
    """The group's offsets alone would leave out all that only the changelog held."""
    await counted(ready_site, range(20))
    await create_anew(ready_site, ready_site.topics.changelog)
    async with ready_site.worker(*PROGRAM, name) as worker:
        await settled([worker], PARTITIONS)
        assert number(await worker.page(), OPENED, window="1d") == shown


async def test_what_only_a_lost_changelog_held_ends_the_worker(ready_site: Site) -> None:
    """It does not count the rest as if it were all; a new group does, and was asked to."""
    await counted(ready_site, range(40))
    topic = ready_site.topics.inputs["tickets"]
    await expire(ready_site, {TopicPartition(topic.name, each): 9 for each in range(PARTITIONS)})
    await create_anew(ready_site, ready_site.topics.changelog)
    said = await refused(ready_site)
    assert "The changelog has lost something: it covers" in said
    assert "begins at 9 by now. Recompute from what the inputs hold: give kafka.group" in said
    ready_site.kafka["group"] = f"{ready_site.settings.kafka.group}-b"
    ready_site.write()
    await ready_site.create_topics()
    left = await kept(ready_site.settings.kafka.bootstrap_servers, topic)
    events = [
        each for each in (decode(one.value or b"") for one in left) if isinstance(each, Event)
    ]
    assert len(events) == 120 - 9 * PARTITIONS
    await exact(ready_site, events)


async def test_records_deleted_unread_are_told_and_can_be_sent_again(ready_site: Site) -> None:
    """Retention was shorter than the worker was away."""
    events = await counted(ready_site, range(10))
    unread = await ready_site.send(tickets(range(10, 30)))
    topic = ready_site.topics.inputs["tickets"].name
    await expire(ready_site, {TopicPartition(topic, each): 15 for each in range(PARTITIONS)})
    async with ready_site.worker() as worker:
        await settled([worker], PARTITIONS)
        assert number(await worker.page(), "helpdesk_pipeline_offset_holes_total") > 0
        assert "to 14 are gone, unread; their events are missing" in worker.log.read_text("utf-8")
        events += await ready_site.send(unread)
        assert await differences([worker], events, ready_site.settings.policy, PARTITIONS) == {}


async def test_lost_offsets_cost_nothing_but_time(ready_site: Site) -> None:
    """Everything is read once more and recognised; with the changelog gone too, counted anew."""
    events = await counted(ready_site, range(20))
    await forget_group(ready_site)
    policy = ready_site.settings.policy
    async with ready_site.worker() as worker:
        assert await differences([worker], events, policy, PARTITIONS) == {}
        page = await worker.page()
        assert number(page, EVENTS, outcome="applied") == 0
        assert number(page, EVENTS, outcome="duplicate") == len(events)
        assert await worker.stop() == 0
    await create_anew(ready_site, ready_site.topics.changelog)
    await forget_group(ready_site)
    assert "has lost something" not in await exact(ready_site, events)


async def test_offsets_beyond_the_end_are_those_of_another_topic(ready_site: Site) -> None:
    """A cluster put back to an earlier day, or a mirrored one: nothing new is taken for known."""
    events = await counted(ready_site, range(10))
    topic = ready_site.topics.inputs["tickets"].name
    await commit(ready_site, {TopicPartition(topic, each): 100 for each in range(PARTITIONS)})
    events += await ready_site.send(tickets(range(10, 20)))
    assert "was read up to 100 and ends before" in await exact(ready_site, events)


async def test_an_input_may_be_created_anew_under_a_running_worker(ready_site: Site) -> None:
    """What it held was counted, what comes is counted, though its offsets begin at 0 again."""
    events = await ready_site.send(tickets(range(20)))
    async with ready_site.worker() as worker:
        await settled([worker], PARTITIONS)
        await create_anew(ready_site, ready_site.topics.inputs["tickets"])
        events += await ready_site.send(tickets(range(20, 25)))
        assert await differences([worker], events, ready_site.settings.policy, PARTITIONS) == {}


async def test_a_topic_of_our_own_created_anew_ends_the_worker(ready_site: Site) -> None:
    """Statements that customers had not heard yet are gone, and no ticket makes them again."""
    customers = ready_site.topics.inputs["customers"]
    await ready_site.send(tickets(range(20)))
    async with ready_site.worker() as worker:
        await settled([worker], PARTITIONS)
        await create_anew(ready_site, customers)
        assert await worker.ended() == 2
    assert "What it still held is lost. Recompute from" in worker.log.read_text("utf-8")
    assert f"{customers.name}[" in await refused(ready_site)


async def test_partitions_added_to_a_topic_in_use_end_the_worker_and_are_mended(
    ready_site: Site,
) -> None:
    """New events of a ticket go elsewhere; a new group that keys anew brings them together."""
    topics = ready_site.topics
    grown = topics.inputs["tickets"]
    events = await ready_site.send(tickets(range(20)))
    async with ready_site.worker() as worker:
        await settled([worker], PARTITIONS)
        await add_partitions(ready_site, grown, total=6)
        assert await worker.ended() == 2
    assert f"{grown.name} has 6 partitions, expected 4" in worker.log.read_text("utf-8")
    late = now() - HOUR
    for each in range(20):
        subject = f"T{each}"
        events += [
            event(TicketMessage, f"{subject}-9", late, subject, author="customer"),
            event(TicketStatus, f"{subject}-10", late, subject, status="open"),
        ]
    await ready_site.send(events[60:])
    await add_partitions(ready_site, *(each for each in topics if each is not grown), total=6)
    ready_site.kafka["partitions"] = 6
    ready_site.write()
    assert "written with kafka.partitions = 4, the settings say 6" in await refused(ready_site)
    ready_site.kafka["group"] = f"{ready_site.settings.kafka.group}-b"
    ready_site.write(keying="repartition")
    await ready_site.create_topics()
    await exact(ready_site, events, partitions=6)
