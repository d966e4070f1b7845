"""What the live page shows: text for numbers, a dash for no data."""

import pytest

from streams.demo.board import (
    NO_DATA,
    count,
    duration,
    percent,
    point,
    queue_rows,
    signed,
    tiles_now,
    tiles_of_window,
)
from streams.demo.metrics import Reading, parse

W = 'window="5m"'


def reading(*lines: str, at: int = 0) -> Reading:
    """Return the reading of these lines."""
    numbers = parse("\n".join(lines))
    return Reading.of(numbers, at, {key.name for key in numbers})


def tile(found: Reading, title: str) -> tuple[str, str, str]:
    """Return value, note and tone of a tile."""
    tiles = [*tiles_now(found), *tiles_of_window(found, "5m")]
    (shown,) = [one for one in tiles if one.title == title]
    return f"{shown.value} {shown.unit}".strip(), shown.note, shown.tone


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (None, "–"),
        (0.4, "0 s"),
        (59.4, "59 s"),
        (59.6, "1 m 00 s"),
        (185, "3 m 05 s"),
        (3600, "1 h 00 m"),
        (93_600, "1 d 2 h"),
    ],
)
def test_durations_have_two_units_at_most(seconds: float | None, text: str) -> None:
    assert duration(seconds) == text


@pytest.mark.parametrize(
    ("share", "text"),
    [(None, "–"), (0, "0"), (0.0001, "0.1"), (0.5, "50"), (0.9996, "99.9"), (1, "100")],
)
def test_only_all_is_a_hundred_percent(share: float | None, text: str) -> None:
    assert percent(share) == text


def test_counts_and_scores_are_written_for_people() -> None:
    assert count(12_345) == "12\u202f345"
    assert signed(-7.4) == "\u22127"
    assert signed(12) == "+12"
    assert signed(None) == count(None) == NO_DATA


def test_without_data_every_share_score_and_duration_is_a_dash() -> None:
    """A count of nothing is 0; an average of nothing is not."""
    values = {one.title: one.value for one in tiles_of_window(reading(), "5m")}
    assert values == {
        "Opened": "0",
        "First response": "–",
        "Resolution": "–",
        "SLA met": "–",
        "Satisfaction (CSAT)": "–",
        "Recommend us (NPS)": "–",
        "One-touch": "–",
        "Reopened": "0",
    }
    assert tile(reading(), "Waiting for us") == ("0 customers", "nobody waits", "calm")
    (row,) = queue_rows(reading(), "5m", ("tech",))
    assert (row.first_response, row.one_touch, row.sla, row.csat) == ("–", "–", "–", "–")
    nothing = {name for name, value in point(reading(), "5m").items() if value is None}
    assert "csat" in nothing
    assert "opened" not in nothing


def test_unresolved_tickets_are_told_by_status() -> None:
    found = reading(
        'helpdesk_tickets_unresolved{status="new",queue="a"} 2',
        'helpdesk_tickets_unresolved{status="open",queue="a"} 3',
        'helpdesk_tickets_unresolved{status="open",queue="b"} 4',
    )
    assert tile(found, "Unresolved")[:2] == ("9 tickets", "2 new · 7 open · 0 pending · 0 hold")


def test_the_longest_waiting_is_measured_at_the_instant_of_the_reading() -> None:
    found = reading(
        'helpdesk_tickets_waiting{queue="a"} 3',
        'helpdesk_oldest_waiting_timestamp_seconds{queue="a"} 1000',
        at=1_090_000,
    )
    assert tile(found, "Waiting for us")[:2] == ("3 customers", "the longest for 1 m 30 s")


def test_sla_attainment_is_one_minus_breached_over_evaluated() -> None:
    """Met is not observed itself: 1 - 3 / 20."""
    labels = f'target="first_response",queue="a",{W}'
    found = reading(
        f"helpdesk_rolling_sla_evaluated{{{labels}}} 20",
        f"helpdesk_rolling_sla_breached{{{labels}}} 3",
    )
    assert tile(found, "SLA met") == ("85 %", "first reply 85 %", "warn")


def test_one_touch_is_a_share_of_the_tickets_resolved_with_a_reply() -> None:
    found = reading(
        f"helpdesk_rolling_tickets_resolved{{{W}}} 30",
        f"helpdesk_rolling_tickets_resolved_replied{{{W}}} 20",
        f"helpdesk_rolling_tickets_resolved_one_touch{{{W}}} 5",
    )
    assert tile(found, "One-touch")[:2] == ("25 %", "solved with one reply, of 20")


def test_nps_is_promoters_less_detractors() -> None:
    """Of ten: two up to 6, three of 7 and 8, five of 9 and 10: 50 - 20."""
    lines = [
        f'helpdesk_rolling_nps_score_bucket{{scale="0-10",le="{le}",{W}}} {n}'
        for le, n in (("6.0", 2), ("8.0", 5), ("10.0", 10), ("+Inf", 10))
    ]
    lines.append(f'helpdesk_rolling_nps_score_gcount{{scale="0-10",{W}}} 10')
    assert tile(reading(*lines), "Recommend us (NPS)")[:2] == (
        "+30",
        "\u2212100 to +100 · 10 answers",
    )


def test_csat_shows_the_mean_the_content_share_and_the_count() -> None:
    lines = [
        f'helpdesk_rolling_csat_score_bucket{{scale="1-5",queue="a",le="{le}",{W}}} {n}'
        for le, n in (("1.0", 0), ("2.0", 1), ("3.0", 1), ("4.0", 2), ("5.0", 4), ("+Inf", 4))
    ]
    lines.append(f'helpdesk_rolling_csat_score_gcount{{scale="1-5",queue="a",{W}}} 4')
    lines.append(f'helpdesk_rolling_csat_score_gsum{{scale="1-5",queue="a",{W}}} 16')
    found = reading(*lines)
    assert tile(found, "Satisfaction (CSAT)") == (
        "4.0 of 5",
        "75 % gave 4 or 5 · 4 answers",
        "calm",
    )
    assert point(found, "5m")["csat"] is None, "four answers are too few for a point"


def test_other_windows_and_queues_do_not_count() -> None:
    found = reading(
        'helpdesk_rolling_tickets_opened{queue="tech",window="5m"} 2',
        'helpdesk_rolling_tickets_opened{queue="sales",window="5m"} 3',
        'helpdesk_rolling_tickets_opened{queue="tech",window="1h"} 7',
    )
    assert tile(found, "Opened")[0] == "5 tickets"
    assert [row.opened for row in queue_rows(found, "5m", ("tech", "sales"))] == ["2", "3"]
