"""Calls, cost, reviews, complaints, feedback, mentions, channels."""

from schemas.policy import Calendar, Dimensions, Policy
from tests.story import Evaluate, Story


def test_calls_are_handled_or_abandoned(evaluate: Evaluate) -> None:
    """The two times are those of ended calls, in thousandths of a second, floored."""
    story = Story(
        evaluate,
        """
        09:00  k1  calls     customer=cora queue=tech wait_seconds=60.0009 talk_seconds=300
        09:10  k2  calls     customer=cyd talk_seconds=250 hold_seconds=40.0019 wrap_seconds=10
        09:20  k3  abandons  queue=tech wait_seconds=99
        """,
    )
    now = story.at("10:00")
    handle, wait = "call_handle_time_seconds", "call_wait_time_seconds"
    assert now.count(handle) == now.count(wait) == 2
    assert now.count(handle, queue="tech") == 1
    assert float(now.sum(handle)) == 600.001
    assert now.sum(wait) == 60
    assert now.within(handle, "300.0") == 1
    assert now.within(wait, "60.0") == 2
    assert now.value("calls", queue="tech") == 2
    assert now.value("calls") == 3
    assert now.value("calls_abandoned", queue="tech") == 1


def test_cost_is_spread_over_days_with_the_remainder_in_the_last(evaluate: Evaluate) -> None:
    """10.00 over three days is 3.33, 3.33 and 3.34, each at 00:00 UTC."""
    story = Story(
        evaluate,
        "09:00 c1 costs amount=10.00 from=2026-05-31 to=2026-06-03",
        Policy(windows=("1h", "1d", "7d")),
    )
    assert story.at("08:59").value("cost", window="7d") == 0
    assert float(story.at("09:00").value("cost", window="7d", currency="EUR")) == 6.66
    assert float(story.at("09:00").value("cost", window="1d")) == 3.33
    assert float(story.at("+1 00:00").value("cost", window="1h")) == 3.34


def test_reviews_pass_and_follow_the_script(evaluate: Evaluate) -> None:
    """2 of 3 is a ratio of 0.666, floored before it is summed."""
    story = Story(
        evaluate,
        """
        09:00  r1  review  kind=qa score=2 max_score=3 passed=true script_followed=true
        09:00  r2  review  kind=qa score=90 max_score=100 passed=false script_followed=false
        09:00  r3  review  kind=audit score=0 max_score=5
        """,
    )
    now = story.at("10:00")
    assert now.value("reviews", kind="qa") == 2
    assert now.value("reviews", kind="audit") == 1
    assert now.value("reviews_passed") == 1
    assert (now.value("reviews_script_checked"), now.value("reviews_script_followed")) == (2, 1)
    ratio = "review_score_ratio"
    assert float(now.sum(ratio, kind="qa")) == 1.566
    assert [now.within(ratio, le, kind="qa") for le in ("0.6", "0.7", "0.9")] == [0, 1, 2]
    assert now.within(ratio, "0.1", kind="audit") == 1


def test_voices_count_by_what_they_say(evaluate: Evaluate) -> None:
    """A second event on one subject with another id is another fact."""
    story = Story(
        evaluate,
        """
        09:00  x1  complaint  topic=login
        09:01  x1  complaint  topic=login
        09:00  x2  complaint
        09:00  f1  feedback   kind=interview sentiment=positive
        09:00  m1  mention    network=fediverse sentiment=negative
        """,
        Policy(dimensions=Dimensions(topic=("refund",))),
    )
    now = story.at("10:00")
    assert now.value("complaints", topic="other") == 2
    assert now.value("complaints", topic="none") == 1
    assert now.value("feedback", kind="interview", sentiment="positive") == 1
    assert now.value("mentions", network="fediverse", sentiment="negative") == 1


def test_a_channel_is_available_for_a_part_of_what_is_promised(evaluate: Evaluate) -> None:
    """Promised from 08:30, its first event, during office hours in Warsaw (07:00 to 15:00 UTC)."""
    story = Story(
        evaluate,
        """
        06:30  chat   channel  channel=chat available=true
        09:00  chat   channel  channel=chat available=false
        10:00  chat   channel  channel=chat available=true
        14:00  phone  channel  channel=phone available=false
        """,
        Policy(
            calendars={"office": Calendar("Europe/Warsaw", {"mon-fri": ("09:00-17:00",)})},
            channel_calendars={"chat": "office"},
        ),
    )
    now = story.at("16:00")
    assert now.level("channel_available", channel="chat") == 1
    assert now.level("channel_available", channel="phone") == 0
    assert now.value("channel_promised_seconds", channel="chat") == 8 * 3600
    assert now.value("channel_available_seconds", channel="chat") == 7 * 3600
    assert now.value("channel_promised_seconds", channel="phone") == 2 * 3600
    assert now.value("channel_available_seconds", channel="phone") == 0
    assert story.at("09:30").level("channel_available", channel="chat") == 0
    hour = story.at("10:30")
    assert hour.value("channel_promised_seconds", channel="chat", window="1h") == 59 * 60
    assert hour.value("channel_available_seconds", channel="chat", window="1h") == 30 * 60
