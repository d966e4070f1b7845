"""What an administrator does to topics and groups, rightly or by mistake."""

from collections.abc import Mapping

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewPartitions
from aiokafka.admin.records_to_delete import RecordsToDelete
from aiokafka.protocol.admin import DeleteGroupsRequest

from streams.worker import connection, topics
from streams.worker.topics import Topic
from tests.integration.conftest import Site


async def create_anew(site: Site, *gone: Topic) -> None:
    """Delete topics and create them again, empty."""

    async def work(admin: AIOKafkaAdminClient) -> None:
        names = {topic.name for topic in gone}
        await admin.delete_topics(sorted(names))
        # A topic that is still being deleted exists.
        while names:
            names -= set(await topics.create(admin, site.topics))

    await connection.administrate(site.settings.kafka, work)


async def delete(site: Site, *gone: Topic) -> None:
    """Delete topics."""

    async def work(admin: AIOKafkaAdminClient) -> None:
        await admin.delete_topics([topic.name for topic in gone])

    await connection.administrate(site.settings.kafka, work)


async def add_partitions(site: Site, *grown: Topic, total: int) -> None:
    """Give topics more partitions."""

    async def work(admin: AIOKafkaAdminClient) -> None:
        await admin.create_partitions({topic.name: NewPartitions(total) for topic in grown})

    await connection.administrate(site.settings.kafka, work)


async def expire(site: Site, until: Mapping[TopicPartition, int]) -> None:
    """Take away the records before these offsets, as retention does."""

    async def work(admin: AIOKafkaAdminClient) -> None:
        await admin.delete_records(
            {source: RecordsToDelete(offset) for source, offset in until.items()}
        )

    await connection.administrate(site.settings.kafka, work)


async def commit(site: Site, offsets: Mapping[TopicPartition, int]) -> None:
    """Commit offsets for a group without members, as tools for mirroring and moving them do."""
    kafka = site.settings.kafka
    async with AIOKafkaConsumer(
        bootstrap_servers=kafka.bootstrap_servers, group_id=kafka.group, enable_auto_commit=False
    ) as consumer:
        consumer.assign(list(offsets))
        await consumer.commit(dict(offsets))


async def forget_group(site: Site) -> None:
    """Delete the committed offsets of a group without members."""
    group = site.settings.kafka.group

    async def work(admin: AIOKafkaAdminClient) -> None:
        node = await admin.find_coordinator(group)
        deleted = await admin._send_request(DeleteGroupsRequest([group]), node)
        assert [code for _, code in deleted.results] == [0]

    await connection.administrate(site.settings.kafka, work)
