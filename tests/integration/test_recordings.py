"""Events from outside Kafka: recorded ones after a disaster, refused ones once they are mended."""

import json
from pathlib import Path

from schemas.scalars import HOUR
from tests.integration.administration import create_anew
from tests.integration.commands import deskpulse
from tests.integration.comparison import differences
from tests.integration.conftest import PARTITIONS, Site
from tests.integration.events import now, ticket, tickets
from tests.integration.kafka import message, produce
from tests.integration.workers import number, settled, until_shown
from tests.json_lines import to_json

OPENED = "helpdesk_rolling_tickets_opened"


async def test_a_recording_brings_everything_back(ready_site: Site, tmp_path: Path) -> None:
    """All topics are gone; it is sent twice, since nobody knew how far the first time came."""
    events = tickets(range(20))
    recording = tmp_path / "recorded.jsonl"
    recording.write_text("\n".join(map(to_json, events)), "utf-8")
    send = ("send", "--config", ready_site.config, recording)
    assert (await deskpulse(*send)).returncode == 0
    async with ready_site.worker() as worker:
        await settled([worker], PARTITIONS)
        assert await worker.stop() == 0
    await create_anew(ready_site, *ready_site.topics)
    for _ in range(2):
        assert (await deskpulse(*send)).returncode == 0
    async with ready_site.worker() as worker:
        policy = ready_site.settings.policy
        assert await differences([worker], events, policy, PARTITIONS) == {}


async def test_a_refused_event_is_mended_and_sent_again(ready_site: Site, tmp_path: Path) -> None:
    """The letters say why; written as events, they are mended with an editor and sent."""
    prefix = ready_site.settings.kafka.topic_prefix
    created, reply, _ = (message(each, prefix) for each in ticket(1, now() - HOUR))
    wrong = reply._replace(value=(reply.value or b"").replace(b'"agent"', b'"robot"'))
    await produce(ready_site.settings.kafka.bootstrap_servers, [created._replace(key=b"?"), wrong])
    config = ("--config", ready_site.config)
    async with ready_site.worker() as worker:
        await settled([worker], PARTITIONS)
        assert number(await worker.page(), OPENED, window="1d") == 0
        told = await deskpulse("dead-letters", *config)
        assert told.returncode == 0, told.stderr
        assert told.stderr == "2 dead letters (invalid_data 1, wrong_key 1)\n"
        first, second = sorted(told.stdout.splitlines())
        assert first.startswith(f"invalid_data  {prefix}tickets[")
        assert "data.author is" in first
        assert second.startswith("wrong_key")
        robot = await deskpulse("dead-letters", *config, "--events", "--reason", "invalid_data")
        assert json.loads(robot.stdout)["data"] == {"author": "robot"}
        refused = await deskpulse("dead-letters", *config, "--events")
        mended = tmp_path / "mended.jsonl"
        mended.write_text(refused.stdout.replace("robot", "agent"), "utf-8")
        for _ in range(2):
            sent = await deskpulse("send", *config, mended)
            assert sent.returncode == 0, sent.stderr
        await until_shown(worker, OPENED, 1, window="1d")
        await until_shown(worker, "helpdesk_rolling_reply_time_seconds_gcount", 1, window="1d")
