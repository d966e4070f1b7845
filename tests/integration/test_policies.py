"""A change of policy on a real Kafka: by a restart, by worker, or beside what runs."""

import os
from random import Random, SystemRandom
from typing import Final

from schemas.events import Event
from tests.integration.administration import delete
from tests.integration.comparison import differences
from tests.integration.conftest import PARTITIONS, Site
from tests.integration.events import now, tickets
from tests.integration.invented import histories
from tests.integration.workers import number, settled, shared

SEED: Final = int(os.environ.get("DESKPULSE_FAULT_SEED", SystemRandom().randrange(10**6)))
NO_CUSTOMERS: Final = ["contacts*", "fcr_*", "agent_*", "tickets_converted", "revenue_*"]
OLD: Final = {
    "dimensions": {"priority": ["low", "high", "urgent"], "queue": ["billing", "tech"]},
    "windows": ["1h", "1d", "90d"],
    "sla": [{"id": "old", "targets": {"first_response": "4h", "resolution": "3d"}}],
}
NEW: Final = {
    "dimensions": {"priority": ["urgent"], "queue": []},
    "windows": ["5m", "1d", "7d"],
    "previous_windows": ["7d"],
    "calendar_windows": {"zone": "Europe/Warsaw"},
    "agents": {"enabled": True},
    "acr": {"days": [1, 2]},
    "fcr": {"days": 2, "same_topic": True, "session_channels": []},
    "repeat_contact": {"days": 3},
    "conversion": {"days": 2},
    "definitions": {"one_touch": "zendesk", "csat": "zendesk"},
    "calendars": {"office": {"zone": "Europe/Warsaw", "hours": {"mon-sun": ["09:00-21:00"]}}},
    "business_calendar": "office",
    "sla": [
        {
            "id": "new",
            "match": {"priority": ["urgent"]},
            "targets": {"first_response": "15m", "next_reply": "1h", "resolution": "8h"},
        },
        {"id": "rest", "calendar": "office", "targets": {"first_response": "1h"}},
    ],
}


def invented() -> list[Event]:
    """Return the events of some invented tickets, calls, orders…, from a seed that is printed."""
    print(f"DESKPULSE_FAULT_SEED={SEED}")  # noqa: T201 (pytest shows it if the test fails)
    return [each for story in histories(Random(SEED), now(), 60) for each in story]


async def test_a_rolling_restart_ends_with_all_history_under_the_new_policy(
    ready_site: Site,
) -> None:
    """In between each partition counts under the policy of its worker."""
    ready_site.write(**OLD)
    events = await ready_site.send(invented())
    async with ready_site.worker() as old:
        await settled([old], PARTITIONS)
        ready_site.write(**NEW)
        async with ready_site.worker() as new:
            await shared([old, new])
            await settled([old, new], PARTITIONS)
            pages = [await each.page() for each in (old, new)]
            for name in ("old", "new"):
                shown = [
                    number(page, "helpdesk_rolling_sla_evaluated", sla=name) for page in pages
                ]
                assert [bool(each) for each in shown] == [name == "old", name == "new"]
            assert await old.stop() == 0
            policy = ready_site.settings.policy
            assert await differences([new], events, policy, PARTITIONS) == {}


async def test_workers_that_would_not_hear_each_other_do_not_share_a_group(
    ready_site: Site,
) -> None:
    """One that counts no customers would pass over what others say: Kafka does not let it in."""
    async with ready_site.worker() as worker:
        await worker.ready()
        ready_site.write(kpis={"disable": NO_CUSTOMERS}, acr={"days": []})
        async with ready_site.worker() as other:
            assert await other.ended() == 1
            assert "stop all workers, then start them again" in other.log.read_text("utf-8")
            assert await worker.stop() == 0
            await other.start()
            await other.ready()


async def test_history_is_computed_again_beside_what_runs(ready_site: Site) -> None:
    """A new group reads all from the first record on and disturbs nobody; the old one goes."""
    events = await ready_site.send(tickets(range(30)))
    group, before = ready_site.settings.kafka.group, ready_site.settings.policy
    topics = ready_site.topics
    async with ready_site.worker() as old:
        await settled([old], PARTITIONS)
        ready_site.kafka["group"] = f"{group}-b"
        ready_site.write(sla=[{"id": "all", "targets": {"first_response": "30s"}}])
        await ready_site.create_topics()
        async with ready_site.worker() as new:
            after = ready_site.settings.policy
            assert await differences([new], events, after, PARTITIONS) == {}
            assert await differences([old], events, before, PARTITIONS) == {}
            assert await old.stop() == 0
            await delete(ready_site, topics.changelog, topics.inputs["customers"])
            events += await ready_site.send(tickets(range(30, 35)))
            assert await differences([new], events, after, PARTITIONS) == {}
