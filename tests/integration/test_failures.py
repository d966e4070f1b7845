"""What goes wrong is told plainly: it heals, or the worker ends and says what to do."""

import asyncio
import gzip
from pathlib import Path

import pytest
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from streams.demo.broker import Broker
from streams.worker import connection
from streams.worker.topics import Topic
from tests.integration.commands import deskpulse
from tests.integration.conftest import PARTITIONS, Site
from tests.integration.events import ticket
from tests.integration.kafka import Message, kept, message, produce
from tests.integration.workers import number, settled

OPENED = "helpdesk_rolling_tickets_opened"


async def reconfigure(site: Site, topic: Topic, **options: str) -> None:
    """Change options of a topic that exists."""
    names = {name.replace("_", "."): value for name, value in options.items()}

    async def change(admin: AIOKafkaAdminClient) -> None:
        resource = ConfigResource(ConfigResourceType.TOPIC, topic.name, configs=names)
        await admin.alter_configs([resource])

    await connection.administrate(site.settings.kafka, change)


async def test_missing_topics_are_waited_for(site: Site) -> None:
    """The worker says how to create them, answers meanwhile, and works once they are there."""
    async with site.worker() as worker:
        await worker.said('Create them with "deskpulse topics create"')
        status, text = await worker.answer("/-/ready")
        assert status == 503
        assert f"{site.settings.kafka.topic_prefix}tickets" in text
        assert (await worker.answer("/-/healthy"))[0] == 200
        assert number(await worker.page(), "helpdesk_pipeline_ready") == 0
        created = await deskpulse("topics", "create", "--config", site.config)
        assert created.returncode == 0, created.stderr
        await worker.ready()


async def test_other_partition_counts_end_the_worker(site: Site) -> None:
    """They cannot heal; all of them are told at once, by the check too."""
    prefix = site.settings.kafka.topic_prefix

    async def create(admin: AIOKafkaAdminClient) -> None:
        await admin.create_topics(
            [NewTopic(prefix + "tickets", 3, 1), NewTopic(prefix + "calls", 5, 1)]
        )

    await connection.administrate(site.settings.kafka, create)
    async with site.worker() as worker:
        assert await worker.ended() == 2
    said = worker.log.read_text("utf-8")
    assert f"{prefix}tickets has 3 partitions, expected {PARTITIONS}" in said
    assert f"{prefix}calls has 5 partitions, expected {PARTITIONS}" in said
    checked = await deskpulse("topics", "check", "--config", site.config)
    assert checked.returncode == 1
    assert f"{prefix}tickets has 3 partitions" in checked.stderr
    assert f"{prefix}surveys is missing" in checked.stderr


async def test_a_state_of_another_version_ends_the_worker(ready_site: Site) -> None:
    """Never misread, never overwritten."""
    kafka = ready_site.settings.kafka
    changelog = ready_site.topics.changelog
    record = Message(changelog.name, b"ticket\0T1", b"\xffwhatever it was")
    await produce(kafka.bootstrap_servers, [record])
    async with ready_site.worker() as worker:
        assert await worker.ended() == 2
    assert "state version 255" in worker.log.read_text("utf-8")
    assert [each.value for each in await kept(kafka.bootstrap_servers, changelog)] == [
        b"\xffwhatever it was"
    ]


async def test_an_unwritable_dead_letter_topic_ends_the_worker(ready_site: Site) -> None:
    """Nothing is skipped: once it can be written, the letter and all that follows are there."""
    kafka = ready_site.settings.kafka
    letters = ready_site.topics.dead_letters
    await reconfigure(ready_site, letters, max_message_bytes="1000")
    good = [message(event, kafka.topic_prefix) for event in ticket(1)]
    poison = good[0]._replace(value=b"x" * 5000)
    await produce(kafka.bootstrap_servers, [poison, *good])
    async with ready_site.worker() as worker:
        assert await worker.ended() == 2
    said = worker.log.read_text("utf-8")
    assert f"Kafka refuses dead letters for topic {letters.name}" in said
    assert "max.message.bytes" in said
    await reconfigure(ready_site, letters, max_message_bytes="100000")
    async with ready_site.worker() as again:
        await settled([again], PARTITIONS)
        assert number(await again.page(), OPENED, window="1d") == 1
        assert await again.stop() == 0
    assert [each.value for each in await kept(kafka.bootstrap_servers, letters)] == [poison.value]


async def test_a_changelog_record_too_large_ends_the_worker(ready_site: Site) -> None:
    """The entity and the limit are told; with a higher limit the work goes on."""
    kafka = ready_site.settings.kafka
    changelog = ready_site.topics.changelog
    await reconfigure(ready_site, changelog, cleanup_policy="compact", max_message_bytes="2000")
    start = ticket(1)
    messages = [message(event, kafka.topic_prefix) for event in start]
    many = [
        messages[1]._replace(value=(messages[1].value or b"").replace(b"T1-2", b"m%d" % each))
        for each in range(300)
    ]
    await produce(kafka.bootstrap_servers, [*messages, *many])
    async with ready_site.worker() as worker:
        assert await worker.ended() == 2
    assert f"Kafka refuses changelog records for topic {changelog.name}" in worker.log.read_text()
    await reconfigure(ready_site, changelog, cleanup_policy="compact", max_message_bytes="1000000")
    async with ready_site.worker() as again:
        await settled([again], PARTITIONS)
        page = await again.page()
        assert number(page, "helpdesk_pipeline_events_total", outcome="applied") == 303


async def test_a_session_timeout_that_the_broker_does_not_allow(ready_site: Site) -> None:
    """The group refuses the worker, which says why instead of waiting for ever."""
    ready_site.kafka["session_timeout"] = "500ms"
    ready_site.write()
    async with ready_site.worker() as worker:
        assert await worker.ended() == 2
    assert "does not allow kafka.session_timeout = 500ms" in worker.log.read_text("utf-8")


async def test_kafka_that_is_not_there_is_waited_for(site: Site) -> None:
    """Where it was looked for, what to check, and that it is tried again."""
    site.kafka["bootstrap_servers"] = "127.0.0.1:9"
    site.write()
    async with site.worker() as worker:
        await worker.said("Kafka at 127.0.0.1:9 does not answer")
        await worker.said("Trying again in 2 s")
        assert (await worker.answer("/-/ready"))[0] == 503
        assert await worker.stop() == 0


@pytest.mark.slow
async def test_kafka_away_for_two_minutes(own_broker: Broker, tmp_path: Path, group: str) -> None:
    """The worker goes on, or ends with 1 for its supervisor; then nothing is missing."""
    site = Site(tmp_path, own_broker.bootstrap_servers, "away.", group)
    site.write()
    await site.create_topics()
    kafka = site.settings.kafka
    waves = [[message(event, kafka.topic_prefix) for event in ticket(each)] for each in range(2)]
    async with site.worker() as worker:
        await produce(kafka.bootstrap_servers, waves[0])
        await settled([worker], PARTITIONS)
        await asyncio.to_thread(own_broker.stop)
        await asyncio.sleep(120)
        await asyncio.to_thread(own_broker.restart)
        await produce(kafka.bootstrap_servers, waves[1])
        if not worker.running:
            assert await worker.ended() == 1
            await worker.start()
        await settled([worker], PARTITIONS)
        assert number(await worker.page(), OPENED, window="1d") == 2
        lines = worker.log.read_text("utf-8").splitlines()
        assert len(lines) < 200
        assert not any(line.startswith("Traceback") for line in lines)


async def test_sent_events_reach_the_worker(ready_site: Site, tmp_path: Path) -> None:
    """Good ones from every form of file; bad ones are counted and told by the exit code."""
    kafka = ready_site.settings.kafka
    lines = [message(event, "").value or b"" for each in range(3) for event in ticket(each)]
    plain, packed = tmp_path / "a.jsonl", tmp_path / "b.jsonl.gz"
    plain.write_bytes(b"\n".join([*lines[:3], b"", b"{}"]) + b"\n")
    packed.write_bytes(gzip.compress(b"\n".join(lines[3:6])))
    config = ready_site.config
    done = await deskpulse(
        "send", "--config", config, plain, packed, "-", given=b"\n".join(lines[6:])
    )
    assert done.returncode == 1
    assert "9 sent" in done.stderr
    assert "1 rejected (invalid_envelope 1)" in done.stderr
    async with ready_site.worker() as worker:
        await settled([worker], PARTITIONS)
        page = await worker.page()
        assert number(page, OPENED, window="1d") == 3
        assert number(page, "helpdesk_pipeline_events_total", outcome="rejected") == 0
    good = await deskpulse("send", "--when-due", "--config", config, packed)
    assert good.returncode == 0, good.stderr
    assert kafka.topic_prefix + "tickets 3" in good.stderr
