"""What an SRE and a support lead are told while the helpdesk works and Deskpulse breaks."""

import asyncio
import re
from typing import Final

import pytest

from streams.demo.broker import Broker
from tests.end_to_end.history import simulated_days
from tests.end_to_end.overdue import ACT_NOW, CHANNELS, OVER, answers, let_be_overdue
from tests.end_to_end.sight import complaints, recorded_wrongly, seen_wrongly
from tests.end_to_end.stack import Stack, running
from tests.integration.conftest import PARTITIONS, Site
from tests.integration.events import now
from tests.integration.kafka import message, produce
from tests.integration.workers import settled

pytestmark = [pytest.mark.slow, pytest.mark.promtool, pytest.mark.alertmanager]

URGENT: Final = range(3)
NO_WORKER: Final = "No worker answers."
NOT_READ: Final = "A worker does not read its input."
NOT_READ_FACT: Final = re.compile(
    r"Worker \S+ has taken nothing from \d+ partition\(s\) of its input for over 5s; Kafka does "
    r"not answer, or the worker is stuck\. The KPIs do not follow the helpdesk\."
)
BAD: Final = 15
FIRING: Final = (
    'count(ALERTS{alertname="HelpdeskSlaOverdue",alertstate="firing",sla="urgent"}) or vector(0)'
)


async def until_told(stack: Stack, title: str, facts: set[str]) -> None:
    """Wait until everybody has been told that, in these words."""
    for channel in CHANNELS:
        assert (await stack.chat.until(channel, title)).facts == facts


async def test_overdue_tickets_are_told_once_whatever_happens_to_workers(site: Site) -> None:
    async with running(site) as stack:
        first, second = stack.workers
        await stack.send(simulated_days(now()))
        facts = await let_be_overdue(stack, URGENT)
        await until_told(stack, ACT_NOW, facts)

        await asyncio.gather(first.kill(), second.kill())
        await stack.chat.until("#on-call", f"Act now: {NO_WORKER}")
        await asyncio.to_thread(stack.prometheus.until, FIRING, 0)
        await asyncio.gather(first.start(), second.start())
        await settled([first, second], PARTITIONS)
        assert await seen_wrongly(stack) == []
        await asyncio.to_thread(stack.prometheus.until, FIRING, len(facts))

        await first.kill()
        await settled([second], PARTITIONS)
        await stack.chat.until("#deskpulse", "Look into it: A worker does not answer.")
        assert await seen_wrongly(stack) == []
        assert await recorded_wrongly(stack) == []
        assert await complaints(stack) == {}

        assert stack.chat.ends_of_the_service == []
        assert [told.facts for told in stack.chat.about(ACT_NOW)] == [facts, facts]
        await stack.send(answers(URGENT))
        await stack.chat.until("#on-call", f"Over: {NO_WORKER}")
        await until_told(stack, OVER, facts)


async def test_what_hurts_the_pipeline_is_told_and_the_service_is_not_judged(
    own_site: Site, own_broker: Broker
) -> None:
    own_site.write(alerts={"fetch_age": "5s"})
    async with running(own_site) as stack:
        await stack.send(simulated_days(now()))
        await until_told(stack, ACT_NOW, await let_be_overdue(stack, URGENT))

        kafka = own_site.settings.kafka
        poison = message(stack.events[0], kafka.topic_prefix)._replace(value=b"poison")
        await produce(kafka.bootstrap_servers, [poison] * BAD)
        told = await stack.chat.until("#deskpulse", "Look into it: Events are rejected.")
        fact = f"{BAD} events went to the dead-letter topic in the last 15 minutes, for reason "
        assert told.facts == {fact + "invalid_json."}

        await asyncio.to_thread(own_broker.kill)
        told = await stack.chat.until("#on-call", f"Act now: {NOT_READ}")
        assert all(map(NOT_READ_FACT.fullmatch, told.facts))
        before = stack.chat.about_the_service
        await asyncio.to_thread(own_broker.restart)
        await stack.chat.until("#on-call", f"Over: {NOT_READ}")
        assert stack.chat.about_the_service == before
        assert await seen_wrongly(stack) == []
