"""The simulated helpdesk: the same seed, the same bytes; every event valid; every type there."""

import hashlib
import subprocess
import sys
from collections import Counter
from itertools import islice, pairwise

import pytest

from schemas.decode import decode
from schemas.events import (
    EVENTS,
    SurveyAnswered,
    SurveySent,
    TicketCreated,
    TicketMessage,
)
from schemas.rejected import Rejected
from schemas.scalars import DAY, HOUR, MINUTE
from streams.demo.helpdesk import Plan, simulate

MONDAY = 1_767_571_200_000  # 2026-01-05T00:00:00Z

DIGEST = """
import hashlib
from streams.demo.helpdesk import Plan, simulate
plan = Plan(tickets=300, days=3, seed=5, start=0, opening=0)
print(hashlib.sha256(b"".join(event.value for event in simulate(plan))).hexdigest())
"""


def week(seed: int = 1, *, tickets: int = 1500, days: int = 7, pace: int = 1) -> Plan:
    """Return the plan of a week with 1,500 tickets."""
    return Plan(seed=seed, tickets=tickets, days=days, pace=pace, start=MONDAY, opening=MONDAY)


def test_the_same_seed_gives_the_same_events() -> None:
    """Two runs are equal to the byte; another seed is another helpdesk."""
    assert list(simulate(week(3))) == list(simulate(week(3)))
    assert list(simulate(week(3))) != list(simulate(week(4)))


@pytest.mark.parametrize("hash_seed", ["0", "4711"])
def test_the_events_do_not_depend_on_the_hash_seed(hash_seed: str) -> None:
    """A process with another PYTHONHASHSEED writes the same bytes."""
    plan = Plan(tickets=300, days=3, seed=5, start=0, opening=0)
    here = hashlib.sha256(b"".join(event.value for event in simulate(plan))).hexdigest()
    there = subprocess.run(
        [sys.executable, "-c", DIGEST],
        env={"PYTHONHASHSEED": hash_seed, "PYTHONPATH": ":".join(sys.path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert there.stdout.strip() == here


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_every_event_is_valid_and_every_type_occurs(seed: int) -> None:
    """`decode` takes all, identities are unique, times are those that were promised."""
    types = set()
    identities = set()
    for simulated in simulate(week(seed)):
        event = decode(simulated.value)
        assert not isinstance(event, Rejected), event.message
        assert event.time == simulated.time
        types.add(type(event))
        identities.add(event.id)
    assert types == set(EVENTS)
    assert len(identities) == len(list(simulate(week(seed))))


def test_the_stream_is_in_order_of_time_and_ends_with_the_last_day() -> None:
    """Nothing goes back in time, nothing lies outside the days that were asked for."""
    times = [event.time for event in simulate(week())]
    assert all(before <= after for before, after in pairwise(times))
    assert times[0] >= MONDAY
    assert times[-1] < MONDAY + 7 * DAY


def test_as_many_tickets_are_created_as_were_asked_for() -> None:
    """The hours share the tickets without a remainder."""
    events = [decode(event.value) for event in simulate(week(tickets=997))]
    assert sum(isinstance(event, TicketCreated) for event in events) == 997


def test_the_first_events_come_before_the_last_ones_are_drawn() -> None:
    """A stream of a million tickets begins at once: it is written as it is simulated."""
    assert len(list(islice(simulate(week(tickets=1_000_000)), 100))) == 100


def test_the_rush_hour_is_in_the_morning() -> None:
    """Between 9 and 11 come several times as many tickets as between 3 and 5."""
    hours = Counter(
        event.time % DAY // HOUR
        for event in map(decode, (event.value for event in simulate(week())))
        if isinstance(event, TicketCreated)
    )
    assert hours[9] + hours[10] > 5 * (hours[3] + hours[4])


def test_answers_are_slower_in_the_rush_hour() -> None:
    """The median first reply to e-mails of the rush hour takes longer than in the afternoon."""
    created: dict[str, int] = {}
    waits: dict[bool, list[int]] = {True: [], False: []}
    for event in map(decode, (event.value for event in simulate(week()))):
        if isinstance(event, TicketCreated) and event.data.channel == "email":
            created[event.subject] = event.time
        elif isinstance(event, TicketMessage) and event.data.author == "agent":
            begin = created.pop(event.subject, None)
            hour = (begin or 0) % DAY // HOUR
            if begin is not None and (9 <= hour < 12 or 14 <= hour < 17):
                waits[hour < 12].append(event.time - begin)
    rush, afternoon = (sorted(waits[part])[len(waits[part]) // 2] for part in (True, False))
    assert rush > 1.5 * afternoon


def test_some_are_asked_and_some_of_them_answer() -> None:
    """About 60 % of the solved tickets get a survey; about 35 % of these answer."""
    events = [decode(event.value) for event in simulate(week(tickets=4000))]
    sent = sum(isinstance(event, SurveySent) for event in events)
    answered = sum(isinstance(event, SurveyAnswered) for event in events)
    assert 0.5 < sent / 4000 < 0.65
    assert 0.28 < answered / sent < 0.42


def test_a_fast_helpdesk_lives_a_day_in_minutes() -> None:
    """At pace 60 the same day takes 24 minutes of event time."""
    fast = list(simulate(week(days=1, pace=60)))
    slow = list(simulate(week(days=1)))
    assert len(fast) == len(slow)
    assert fast[-1].time < MONDAY + 24 * MINUTE
    assert [event.time - MONDAY for event in fast] == [
        (event.time - MONDAY) // 60 for event in slow
    ]
