"""The history that dashboards are tried on is what the engine shows of its events."""

from collections import Counter
from collections.abc import Sequence
from itertools import chain, pairwise
from random import Random

import pytest

from schemas.decode import decode
from schemas.rejected import Rejected
from schemas.scalars import DAY, HOUR, MINUTE
from streams.demo.helpdesk import Plan, simulate
from streams.worker.producer import Record, record
from tests.engine_numbers import Numbers, one_batch, shown
from tests.monitoring.backfill import in_layers, wanted
from tests.monitoring.deliveries import Delivery, deliveries, faults
from tests.monitoring.fleet import Fleet
from tests.monitoring.history import BEGIN, WORKERS, watched_settings, written
from tests.monitoring.shop import orders

PLAN = Plan(tickets=150, days=4, seed=3, start=BEGIN, opening=BEGIN)
AT = BEGIN + 3 * DAY + 15 * HOUR
SETTINGS = watched_settings()


@pytest.fixture(scope="module")
def arriving() -> Sequence[Delivery]:
    """What reaches the workers in a few days."""
    random = Random(PLAN.seed)
    return deliveries(chain(simulate(PLAN), orders(PLAN, random)), "helpdesk.", random)


class Silent(Fleet):
    """Does not pass on what tickets say about customers."""

    def pass_on(self, now: int) -> None:
        """Pass on nothing."""


def together(fleet: Fleet) -> Numbers:
    """Return what the workers show together in the afternoon of the last day."""
    for now in range(BEGIN, AT + 1, HOUR):
        fleet.advance(now)
    return shown([member.engine for member in fleet.members.values()], AT)


def test_workers_together_show_what_one_batch_shows(arriving: Sequence[Delivery]) -> None:
    """Though what they read comes twice, late and broken, and customers live elsewhere."""
    decoded = (decode(each.record.value) for each in arriving if each.arrival <= AT)
    known = [event for event in decoded if not isinstance(event, Rejected)]
    expected = one_batch(known, SETTINGS.policy, AT)
    assert together(Fleet(SETTINGS, WORKERS, arriving, seed=1)) == expected
    assert together(Silent(SETTINGS, WORKERS, arriving, seed=1)) != expected


def test_every_record_is_counted_once_by_what_became_of_it(arriving: Sequence[Delivery]) -> None:
    fleet = Fleet(SETTINGS, WORKERS, arriving, seed=1)
    end = arriving[-1].arrival
    lag = fleet.advance(end)
    readings = [member.reading(end, lag) for member in fleet.members.values()]
    outcomes: Counter[str] = Counter()
    for reading in readings:
        for (_, outcome), count in reading.statistics.events.items():
            outcomes[outcome] += count
    assert outcomes.total() == len(arriving)
    assert min(outcomes.values()) > 0
    assert {place for reading in readings for place in reading.partitions if place.lag} == set()
    numbers = [{state.partition for state in reading.partitions} for reading in readings]
    assert set.union(*numbers) == set(range(SETTINGS.kafka.partitions))
    assert set.intersection(*numbers) == set()


def test_records_that_were_sent_and_have_not_arrived_are_behind(
    arriving: Sequence[Delivery],
) -> None:
    fleet = Fleet(SETTINGS, WORKERS, arriving, seed=1)
    last = arriving[-1]
    on_the_way = fleet.advance(last.arrival - 1)
    assert on_the_way.total() >= 1
    assert fleet.advance(last.arrival).total() == 0


def test_records_arrive_in_order_and_soon(arriving: Sequence[Delivery]) -> None:
    assert all(one.arrival <= other.arrival for one, other in pairwise(arriving))
    assert all(0 <= each.arrival - each.sent < MINUTE for each in arriving)


def test_what_is_broken_is_refused() -> None:
    event = next(simulate(PLAN)).value
    assert isinstance(record(event, ""), Record)
    reasons = [
        found.reason for fault in faults(event) if isinstance(found := decode(fault), Rejected)
    ]
    assert reasons == ["invalid_json", "unknown_type", "invalid_envelope"]


def test_recordings_come_after_those_that_they_are_made_of() -> None:
    rules = [
        {"record": "job:c:sum", "expr": "job:a:sum + job:b:sum"},
        {"record": "job:b:sum", "expr": "job:a:sum"},
        {"record": "job:a:sum", "expr": 'up{window="1d"}'},
        {"record": "job:d:sum", "expr": "up"},
    ]
    layers = in_layers(['job:c:sum{job="x"}', "up", "job:a:sum"], rules)
    assert [[rule["record"] for rule in layer] for layer in layers] == [
        ["job:a:sum"],
        ["job:b:sum"],
        ["job:c:sum"],
    ]


def test_only_what_is_mentioned_is_kept() -> None:
    kept = wanted(['sum(helpdesk_a_bucket{window="1d"})', 'helpdesk_b{window=~"7d|30d"}'])
    assert kept.windows == {"1d", "7d", "30d"}
    assert {"helpdesk_a_bucket", "helpdesk_b"} <= kept.names


def test_labels_are_written_as_openmetrics_has_them() -> None:
    assert written({"queue": "tech", "le": "+Inf"}) == 'queue="tech",le="+Inf",'
