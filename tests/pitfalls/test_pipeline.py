"""Mistakes between events and numbers."""

from itertools import permutations
from random import Random

from schemas.policy import Policy
from schemas.scalars import DAY
from streams.kpis.catalogue import everything
from tests.engine.durable import one_by_one
from tests.engine_numbers import replayed
from tests.pitfalls.conftest import Tell

TICKET = """
    09:00  t1  created  queue=tech
    09:10  t1  reply    ann
    09:20  t1  writes
    09:30  t1  solved   by=agent
"""


def test_pitfall_33_copies_and_order_do_not_show(tell: Tell) -> None:
    """Each event twice, in every order: also a message before its ticket."""
    events = tell(TICKET).events
    t = events[-1].time + 1
    wanted = replayed(events, Policy(), t)
    random = Random(33)
    for way in permutations(events):
        twice = [*way, *random.sample(events, len(events))]
        assert one_by_one(twice, Policy(), t) == wanted
        assert replayed(twice, Policy(), t) == wanted


def test_pitfall_34_no_data_is_no_sample(tell: Tell) -> None:
    """A sum of 0 would be a number; and nothing is sampled, closed tickets included."""
    story = tell(
        "\n".join(
            f"{h:02}:{m:02} t{h}-{m} created\n{h:02}:{m:02} t{h}-{m} closed"
            for h in range(9)
            for m in range(60)
        )
    )
    assert not story.at("-1 00:00").families() - {
        "helpdesk_pipeline_tickets_incomplete",
        "helpdesk_definition_info",
    }
    assert story.at("12:00").value("tickets_opened") == 540
    assert story.at("12:00").count("resolution_time_seconds") == 540


def test_pitfall_35_gauges_are_named_and_labelled_as_gauges(tell: Tell) -> None:
    """No gauge is called a total; no label holds customers, tickets or addresses."""
    few = {"queue", "channel", "priority", "topic", "kind", "reason", "scale", "currency"}
    few |= {"sla", "target", "sentiment", "network", "period", "agent", "within"}
    for kpi in everything(Policy()):
        assert not kpi.family.endswith(("_total", "_count", "_bucket", "_sum"))
        assert {*kpi.labels, *dict(kpi.extra)} <= few


def test_pitfall_36_a_backfill_changes_its_own_days(tell: Tell) -> None:
    """Events of last month that come now, even some of them twice, leave today as it was."""
    today = tell("09:00 t1 created\n09:10 t1 reply").events
    month = tell("-30 09:00 m1 created @source=/old\n-30 15:00 m1 reply @source=/old").events
    t = today[-1].time + 1
    before, after = replayed(today, Policy(), t), one_by_one([*today, *month, *month], Policy(), t)

    def shown(window: str) -> list[dict[object, object]]:
        return [
            {key: value for key, value in numbers.items() if ("window", window) in key[1]}
            for numbers in (before, after)
        ]

    for window in ("1h", "1d", "7d"):
        was, now = shown(window)
        assert was == now
    was, now = shown("90d")
    assert was != now
    assert after == replayed([*month, *today], Policy(), t)


def test_pitfall_37_windows_expire_by_themselves(tell: Tell) -> None:
    """No event has to come, no timer to fire; a gap longer than the window is no trouble."""
    story = tell(TICKET)
    (first, *_), last = story.events, story.events[-1].time
    for after, windows in ((DAY, 3), (8 * DAY, 2), (31 * DAY, 1), (91 * DAY, 0), (900 * DAY, 0)):
        numbers = replayed(story.events, Policy(), last + after)
        assert numbers == one_by_one([*story.events, first], Policy(), last + after)
        opened = [key for key in numbers if key[0] == "helpdesk_rolling_tickets_opened"]
        assert len(opened) == windows
