"""The checked-in settings with topics and a group of their own."""

from pathlib import Path

import pytest

from streams.demo.broker import Broker, Cluster
from tests.end_to_end.stack import checked_in_settings
from tests.integration.conftest import Site


@pytest.fixture
async def site(tmp_path: Path, broker: Cluster, topic_prefix: str, group: str) -> Site:
    """Settings whose policy is the checked-in one, and their topics, on the session's Kafka."""
    return await site_on(broker, tmp_path, topic_prefix, group)


@pytest.fixture
async def own_site(tmp_path: Path, own_broker: Broker, topic_prefix: str, group: str) -> Site:
    """The same on a Kafka that may be killed."""
    return await site_on(own_broker, tmp_path, topic_prefix, group)


async def site_on(cluster: Cluster, directory: Path, prefix: str, group: str) -> Site:
    """Write the settings, and create their topics."""
    site = Site(directory, cluster.bootstrap_servers, prefix, group)
    site.write(**checked_in_settings())
    await site.create_topics()
    return site
