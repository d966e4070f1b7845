"""The least that Kafka has to allow, found by taking away one right at a time."""

import asyncio
from typing import Final

import pytest

from schemas.registry import TOPICS
from schemas.settings import Settings
from streams.worker.rights import CREATE, SEND, WORKER, Right, rights
from tests.integration.conftest import PARTITIONS, Site
from tests.integration.events import ticket
from tests.integration.kafka import message, produce
from tests.integration.secured import USER, SecuredKafka, command
from tests.integration.workers import Worker, number, settled
from tests.json_lines import to_json

OPENED: Final = "helpdesk_rolling_tickets_opened"


async def test_rights_are_enough_for_rekeying_too(
    secured_kafka: SecuredKafka, secured_site: Site
) -> None:
    """`keying: repartition` has one more internal topic."""
    secured_site.write(keying="repartition")
    await secured_site.create_topics()
    await secured_kafka.grant(rights(secured_site.settings)[WORKER])
    prefix = secured_site.settings.kafka.topic_prefix
    events = [message(each, prefix)._replace(key=None) for each in ticket(1)]
    await produce(secured_kafka.bootstrap_servers, events)
    secured_site.kafka |= secured_kafka.keys("SASL")
    secured_site.write()
    async with secured_site.worker() as worker:
        await worker.ready()
        async with asyncio.timeout(30):
            while number(await worker.page(), OPENED, window="1d") != 1:
                await asyncio.sleep(0.1)


def kinds(who: str) -> list[int]:
    """Return which rights to take away; of the topics of events the first stands for all."""
    several = {Settings().kafka.topic_prefix + name for name in list(TOPICS)[1:]}
    needs = rights(Settings())[who]
    return [place for place, right in enumerate(needs) if right.name not in several]


def named(place: int) -> str:
    """Return a name for a right of a worker."""
    right = rights(Settings())[WORKER][place]
    return f"{right.operation} {right.name}"


async def fill(site: Site, *, counted: bool) -> None:
    """Send tickets and poison; a worker without limits has counted the first, if asked."""
    prefix, servers = site.settings.kafka.topic_prefix, site.settings.kafka.bootstrap_servers
    await site.create_topics()
    await produce(servers, [message(each, prefix) for each in ticket(1)])
    if counted:
        async with site.worker() as worker:
            await settled([worker], PARTITIONS)
            assert await worker.stop() == 0
    more = [message(each, prefix) for each in ticket(2)]
    await produce(servers, [*more, more[0]._replace(value=b"poison")])


async def limited(kafka: SecuredKafka, site: Site, without: Right) -> Worker:
    """Return a worker, not started yet, that has every right but one."""
    # An empty changelog needs no reading.
    await fill(site, counted="changelog" in without.name)
    await kafka.grant(right for right in rights(site.settings)[WORKER] if right != without)
    site.kafka |= kafka.keys("SASL")
    site.write()
    return site.worker()


@pytest.mark.parametrize("place", kinds(WORKER), ids=named)
async def test_a_worker_without_one_of_its_rights_ends_and_says_which(
    secured_kafka: SecuredKafka, secured_site: Site, place: int
) -> None:
    missing = rights(secured_site.settings)[WORKER][place]
    async with await limited(secured_kafka, secured_site, missing) as worker:
        assert await worker.ended() == 2
        said = worker.log.read_text("utf-8")
    assert f"denies user '{USER}' a right on the {missing.resource} {missing.name}" in said
    assert missing.operation in said.rpartition("There needs a worker")[2]
    assert "Traceback" not in said


async def test_what_could_not_be_written_counts_once_the_right_is_there(
    secured_kafka: SecuredKafka, secured_site: Site
) -> None:
    """No offset was committed for it."""
    changelog = secured_site.topics.changelog.name
    missing = Right("Write", "topic", changelog)
    async with await limited(secured_kafka, secured_site, missing) as worker:
        assert await worker.ended() == 2
        await secured_kafka.grant([missing])
        await worker.start()
        await settled([worker], PARTITIONS)
        assert number(await worker.page(), OPENED, window="1d") == 2


@pytest.mark.parametrize("operation", ["Create", "Describe", "DescribeConfigs"])
async def test_topics_cannot_be_created_without_one_of_the_rights(
    secured_kafka: SecuredKafka, secured_site: Site, operation: str
) -> None:
    needs = rights(secured_site.settings)[CREATE]
    await secured_kafka.grant(right for right in needs if right.operation != operation)
    secured_site.kafka |= secured_kafka.keys("SASL")
    code, _, said = await command("topics", "create", "--config", str(secured_site.write()))
    assert code == 2
    assert f"denies user '{USER}' a right on the topic" in said
    assert '"topics create" Create, Describe, DescribeConfigs' in said


async def test_events_cannot_be_sent_without_the_right_to_write(
    secured_kafka: SecuredKafka, secured_site: Site
) -> None:
    await secured_site.create_topics()
    needs = rights(secured_site.settings)[SEND]
    tickets = f"{secured_site.settings.kafka.topic_prefix}tickets"
    await secured_kafka.grant(right for right in needs if right.name != tickets)
    secured_site.kafka |= secured_kafka.keys("SASL")
    file = secured_site.directory / "events.jsonl"
    file.write_text(to_json(ticket(1)[0]), "utf-8")
    code, _, said = await command("send", "--config", str(secured_site.write()), str(file))
    assert code == 2
    assert f"denies user '{USER}' a right on the topic {tickets}" in said
    assert '"send" Write' in said
