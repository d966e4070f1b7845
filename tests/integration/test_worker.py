"""The worker on a real Kafka: what it shows, what it keeps, how it stops."""

import json
import signal
from zlib import crc32

from schemas.scalars import DAY, HOUR
from tests.integration.comparison import differences
from tests.integration.conftest import PARTITIONS, Site
from tests.integration.events import now, ticket, tickets
from tests.integration.kafka import Message, kept, message, produce
from tests.integration.workers import Page, Worker, number, settled, shared, until_shown

OPENED = "helpdesk_rolling_tickets_opened"


async def send(site: Site, *numbers: int) -> None:
    """Send these tickets."""
    await site.send(tickets(numbers))


async def settled_page(worker: Worker) -> Page:
    """Return the page of a worker that is alone, once all is applied."""
    await settled([worker], PARTITIONS)
    return await worker.page()


async def test_events_become_metrics_and_survive_a_restart(ready_site: Site) -> None:
    """A restart recovers the entities and reads nothing twice; SIGTERM ends with 0."""
    await send(ready_site, *range(50))
    async with ready_site.worker() as worker:
        page = await settled_page(worker)
        assert number(page, OPENED, window="1d") == 50
        assert number(page, "helpdesk_pipeline_events_total", outcome="applied") == 150
        assert await worker.stop() == 0
    await send(ready_site, 50)
    async with ready_site.worker() as worker:
        page = await settled_page(worker)
        assert number(page, OPENED, window="1d") == 51
        assert number(page, "helpdesk_pipeline_events_total", outcome="applied") == 3
        assert number(page, "helpdesk_pipeline_events_total", outcome="duplicate") == 0
        assert number(page, "helpdesk_pipeline_entities", kind="ticket") == 51


async def test_a_worker_can_be_stopped_while_it_starts(ready_site: Site) -> None:
    """Whatever it is doing at that moment."""
    for _ in range(3):
        async with ready_site.worker() as worker:
            assert await worker.stop() == 0


async def test_what_is_sent_twice_counts_once(ready_site: Site) -> None:
    """A helpdesk's retry is recognised, before and after a restart."""
    await send(ready_site, 1, 2, 1)
    async with ready_site.worker() as worker:
        page = await settled_page(worker)
        assert number(page, OPENED, window="1d") == 2
        assert number(page, "helpdesk_pipeline_events_total", outcome="duplicate") == 3


async def test_a_second_worker_takes_its_share_and_gives_it_back(ready_site: Site) -> None:
    """One owner a partition at any time; SIGTERM hands over without waiting for a time-out.

    The session lasts longer than the test is patient.
    """
    ready_site.kafka["session_timeout"] = "90s"
    ready_site.write()
    await send(ready_site, *range(40))
    async with ready_site.worker() as first, ready_site.worker() as second:
        await first.ready()
        await second.ready()
        await settled([first, second], PARTITIONS)
        shown = [number(await each.page(), OPENED, window="1d") for each in (first, second)]
        assert sum(shown) == 40
        assert all(shown)
        assert await second.stop() == 0
        await until_shown(first, OPENED, 40, window="1d")


async def test_one_worker_has_the_same_partitions_of_all_topics(ready_site: Site) -> None:
    """A shard is a partition number: its tickets, surveys, calls and customers live together."""
    async with ready_site.worker() as first, ready_site.worker() as second:
        await shared([first, second])
        await settled([first, second], PARTITIONS)
        for worker in (first, second):
            numbers: dict[str, set[str]] = {}
            for name, labels in await worker.page():
                if name == "helpdesk_pipeline_partition_assigned":
                    found = dict(labels)
                    numbers.setdefault(found["topic"], set()).add(found["partition"])
            assert len(numbers) == 5
            assert len({frozenset(each) for each in numbers.values()}) == 1


async def test_a_named_worker_keeps_its_partitions_over_a_quick_restart(ready_site: Site) -> None:
    """A static member that is back in time costs the others nothing."""
    ready_site.kafka["session_timeout"] = "30s"
    ready_site.write()
    await send(ready_site, *range(40))
    first = ready_site.worker(DESKPULSE_INSTANCE="pod-0")
    second = ready_site.worker(DESKPULSE_INSTANCE="pod-1")
    async with first, second:
        await shared([first, second])
        await settled([first, second], PARTITIONS)
        before = number(await first.page(), "helpdesk_pipeline_rebalances_total")
        await second.kill()
        await second.start()
        await settled([first, second], PARTITIONS)
        assert number(await first.page(), "helpdesk_pipeline_rebalances_total") == before
        shown = [number(await each.page(), OPENED, window="1d") for each in (first, second)]
        assert sum(shown) == 40


async def test_a_killed_worker_is_replaced(ready_site: Site) -> None:
    """After the session timeout the other one has all of it."""
    await send(ready_site, *range(40))
    async with ready_site.worker() as first, ready_site.worker() as second:
        await settled([first, second], PARTITIONS)
        await second.kill()
        await settled([first], PARTITIONS)
        assert number(await first.page(), OPENED, window="1d") == 40


async def test_a_stopped_worker_that_wakes_up_shows_nothing_stale(ready_site: Site) -> None:
    """SIGSTOP past the session timeout, then SIGCONT: at no scrape do both show a partition."""
    await send(ready_site, *range(40))
    async with ready_site.worker() as first, ready_site.worker() as second:
        await settled([first, second], PARTITIONS)
        second.send(signal.SIGSTOP)
        await settled([first], PARTITIONS)
        second.send(signal.SIGCONT)
        for _ in range(10):
            shown = number(await second.page(), OPENED, window="1d")
            assert number(await first.page(), OPENED, window="1d") + shown <= 40
        await settled([first, second], PARTITIONS)


async def test_poison_goes_to_the_dead_letters_and_its_neighbours_count(ready_site: Site) -> None:
    """Key and value as they came, headers that say why; a megabyte is no other case."""
    prefix = ready_site.settings.kafka.topic_prefix
    good = [message(event, prefix) for each in range(2) for event in ticket(each)]
    late = json.loads(good[0].value or b"") | {"id": "late", "time": "1999-12-31T23:59:59Z"}
    poison = [
        good[0]._replace(value=b'{"specversion": "1.0", "id": "tr'),
        good[0]._replace(value=None),
        good[0]._replace(value=b"[" * 1_000_000),
        good[0]._replace(key=b"another"),
        good[0]._replace(key=None, partition=0),
        good[0]._replace(value=json.dumps(late).encode()),
    ]
    mixed = [*good[:2], *poison[:3], *good[2:], *poison[3:]]
    servers = ready_site.settings.kafka.bootstrap_servers
    await produce(servers, mixed)
    async with ready_site.worker() as worker:
        page = await settled_page(worker)
        assert number(page, OPENED, window="1d") == 2
        assert number(page, "helpdesk_pipeline_events_total", outcome="rejected") == 6
        assert await worker.stop() == 0
    letters = await kept(servers, ready_site.topics.dead_letters)
    assert sorted((letter.key or b"", letter.value or b"") for letter in letters) == sorted(
        (each.key or b"", each.value or b"") for each in poison
    )
    reasons = sorted(letter.headers["reason"].decode() for letter in letters)
    assert reasons == ["invalid_json"] * 3 + ["too_old", "wrong_key", "wrong_key"]
    for letter in letters:
        assert letter.headers["topic"].decode() == prefix + "tickets"
        assert int(letter.headers["offset"]) >= 0
        assert letter.headers["message"]


async def test_records_that_another_hash_placed_are_told_and_can_be_rekeyed(site: Site) -> None:
    """As by default with librdkafka; left where they lie, orders would not meet customers."""
    await site.create_topics()
    kafka = site.settings.kafka
    events = tickets(range(20))
    placed = [
        one._replace(partition=crc32(one.key or b"") % PARTITIONS)
        for one in (message(each, kafka.topic_prefix) for each in events)
    ]
    await produce(kafka.bootstrap_servers, placed)
    async with site.worker() as worker:
        page = await settled_page(worker)
        assert number(page, OPENED, window="1d") == 20
        assert number(page, "helpdesk_pipeline_records_misplaced_total") > 0
        await worker.said("librdkafka: partitioner=murmur2_random")
        assert await worker.stop() == 0
    site.kafka["group"] = f"{kafka.group}-b"
    site.write(keying="repartition")
    await site.create_topics()
    async with site.worker() as worker:
        await until_shown(worker, OPENED, 20, window="1d")
        assert await differences([worker], events, site.settings.policy, PARTITIONS) == {}
        page = await worker.page()
        assert number(page, "helpdesk_pipeline_records_misplaced_total") == 0


async def test_the_binary_binding_is_read(ready_site: Site) -> None:
    """Attributes in headers, data as the value."""
    prefix = ready_site.settings.kafka.topic_prefix
    attributes = {
        "specversion": "1.0",
        "id": "b1",
        "source": "/desk",
        "type": "helpdesk.ticket.created",
        "time": _rfc3339(now() - HOUR),
        "subject": "T1",
    }
    headers = [(f"ce_{name}", value.encode()) for name, value in attributes.items()]
    headers.append(("content-type", b"application/json"))
    created = Message(prefix + "tickets", b"T1", b'{"queue": "billing"}', headers)
    await produce(ready_site.settings.kafka.bootstrap_servers, [created])
    async with ready_site.worker() as worker:
        page = await settled_page(worker)
        assert number(page, OPENED, window="1d", queue="billing") == 1


async def test_events_of_aborted_transactions_are_no_events(ready_site: Site) -> None:
    """Input is read committed; the markers that stay behind are no lag."""
    from aiokafka import AIOKafkaProducer

    servers = ready_site.settings.kafka.bootstrap_servers
    prefix = ready_site.settings.kafka.topic_prefix
    async with AIOKafkaProducer(bootstrap_servers=servers, transactional_id=prefix) as producer:
        for each in range(2):
            await producer.begin_transaction()
            for event in ticket(each):
                record = message(event, prefix)
                await producer.send_and_wait(record.topic, key=record.key, value=record.value)
            await (producer.abort_transaction if each else producer.commit_transaction)()
    async with ready_site.worker() as worker:
        page = await settled_page(worker)
        assert number(page, OPENED, window="1d") == 1


async def test_events_ahead_of_the_clock_are_held_until_they_are_due(ready_site: Site) -> None:
    """Within the skew they wait, beyond it they are refused."""
    prefix = ready_site.settings.kafka.topic_prefix
    servers = ready_site.settings.kafka.bootstrap_servers
    due = now() + 3000
    held, refused = ticket(1, due)[0], ticket(2, now() + DAY)[0]
    await produce(servers, [message(held, prefix), message(refused, prefix)])
    async with ready_site.worker() as worker:
        page = await settled_page(worker)
        if now() < due:
            assert number(page, OPENED, window="1d") == 0
        await until_shown(worker, OPENED, 1, window="1d")
        assert now() >= due
        page = await worker.page()
        assert number(page, "helpdesk_pipeline_events_rejected_total", reason="too_far_ahead") == 1


async def test_events_without_keys_are_rekeyed(site: Site) -> None:
    """`keying: repartition`: whatever key and partition they came with, also a survey's."""
    site.write(keying="repartition")
    await site.create_topics()
    kafka = site.settings.kafka
    events = [one for each in range(20) for one in ticket(each)]
    messages = [message(one, kafka.topic_prefix) for one in events]
    scattered = [
        each._replace(key=(None, b"another")[number % 2], partition=number % PARTITIONS)
        for number, each in enumerate([*messages, *messages[:30]])
    ]
    poison = messages[0]._replace(value=b"poison", key=None)
    internal = site.topics.inputs["events"].name
    await produce(kafka.bootstrap_servers, [*scattered, poison])
    async with site.worker() as worker:
        await until_shown(worker, "helpdesk_pipeline_events_total", 90, topic=internal)
        # What is re-keyed is read once it is written; until then nothing lags behind.
        await until_shown(worker, OPENED, 20, window="1d")
        page = await settled_page(worker)
        assert number(page, OPENED, window="1d") == 20
        assert number(page, "helpdesk_rolling_tickets_resolved", window="1d") == 20
        assert number(page, "helpdesk_pipeline_events_total", outcome="duplicate") == 30
        assert await worker.stop() == 0
    [letter] = await kept(kafka.bootstrap_servers, site.topics.dead_letters)
    assert (letter.key, letter.value) == (None, b"poison")
    async with site.worker() as worker:
        page = await settled_page(worker)
        assert number(page, OPENED, window="1d") == 20
        assert number(page, "helpdesk_pipeline_events_total", outcome="applied") == 0


def _rfc3339(milliseconds: int) -> str:
    from datetime import UTC, datetime

    return datetime.fromtimestamp(milliseconds / 1000, UTC).isoformat()
