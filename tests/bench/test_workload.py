from statistics import mean

import msgspec
import pytest

from bench.workload import Record, Workload, records
from schemas.decode import decode_record
from schemas.events import Event

END = 1_795_000_000_000
WORKLOAD = Workload(tickets=2_000, end=END)


@pytest.fixture(scope="module")
def canonical() -> list[Record]:
    return list(records(WORKLOAD))


def test_every_record_is_a_valid_event(canonical: list[Record]) -> None:
    for key, value in canonical:
        assert isinstance(decode_record(key, value, ()), Event)


def test_an_event_and_a_ticket_have_the_size_that_was_promised(canonical: list[Record]) -> None:
    assert 300 < mean(len(record.value) for record in canonical) < 330
    assert 6.3 < len(canonical) / WORKLOAD.tickets < 6.9


def test_one_event_in_two_hundred_comes_twice(canonical: list[Record]) -> None:
    copies = len(canonical) - len(set(canonical))
    assert 0.003 < copies / len(canonical) < 0.007


def test_some_events_come_after_later_ones_of_their_ticket(canonical: list[Record]) -> None:
    newest: dict[bytes, int] = {}
    late = 0
    for key, value in canonical:
        event = decode_record(key, value, ())
        assert isinstance(event, Event)
        late += event.time < newest.get(key, 0)
        newest[key] = max(event.time, newest.get(key, 0))
    assert 0.01 < late / len(canonical) < 0.05


def test_nothing_happens_after_the_end(canonical: list[Record]) -> None:
    for key, value in canonical:
        event = decode_record(key, value, ())
        assert isinstance(event, Event)
        assert event.time < END


def test_queues_channels_and_priorities_are_all_used(canonical: list[Record]) -> None:
    said = [msgspec.json.decode(value)["data"] for _, value in canonical]
    used = {
        member: len({data[member] for data in said if member in data})
        for member in ("queue", "channel", "priority")
    }
    assert used == {"queue": 5, "channel": 5, "priority": 4}


def test_a_seed_gives_the_same_records_again(canonical: list[Record]) -> None:
    assert list(records(WORKLOAD)) == canonical
