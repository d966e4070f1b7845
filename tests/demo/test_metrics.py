"""Pages of several workers become one set of numbers: sums first, divisions last."""

import pytest

from streams.demo.metrics import Reading, Series, kpis, parse, partitions, total
from streams.demo.workers import Page, Round

HEAD = "# HELP helpdesk_x X.\n# TYPE helpdesk_x gauge\n"


def reading(*pages: str) -> Reading:
    """Return what these pages say together."""
    numbers = total(parse(page) for page in pages)
    return Reading.of(numbers, 0, {key.name for key in numbers})


def histogram(queue: str, counts: dict[str, int], seconds: float) -> str:
    """Return the lines of one gauge histogram."""
    lines = [f'helpdesk_h_bucket{{le="{le}",queue="{queue}"}} {n}' for le, n in counts.items()]
    lines.append(f'helpdesk_h_gcount{{queue="{queue}"}} {counts["+Inf"]}')
    lines.append(f'helpdesk_h_gsum{{queue="{queue}"}} {seconds}')
    return "\n".join(lines)


def test_samples_are_read_in_thousandths_and_other_metrics_left_alone() -> None:
    page = HEAD + 'helpdesk_x{queue="tech",window="5m"} 12.345\nprocess_cpu_seconds_total 3.0\n'
    key = Series("helpdesk_x", (("queue", "tech"), ("window", "5m")))
    assert parse(page) == {key: 12_345}


def test_a_label_may_hold_quotes_commas_braces_and_backslashes() -> None:
    text = r'helpdesk_x{queue="a\"b,c}\\d\ne"} 1.0'
    (key,) = parse(text)
    assert key.label("queue") == 'a"b,c}\\d\ne'


def test_the_order_of_labels_does_not_matter() -> None:
    pages = 'helpdesk_x{a="1",b="2"} 1', 'helpdesk_x{b="2",a="1"} 1'
    assert list(total(map(parse, pages)).values()) == [2000]


def test_counts_add_up_over_workers() -> None:
    assert reading('helpdesk_x{queue="a"} 2', 'helpdesk_x{queue="a"} 3').sum("helpdesk_x") == 5


def test_the_longest_waiting_is_the_least_instant_of_all_workers() -> None:
    name = "helpdesk_oldest_waiting_timestamp_seconds"
    found = reading(f'{name}{{queue="a"}} 300', f'{name}{{queue="a"}} 200.5')
    assert found.least(name) == 200.5
    assert found.least("helpdesk_nothing") is None


def test_settings_are_the_same_in_all_workers_and_do_not_add_up() -> None:
    page = 'helpdesk_sla_target_seconds{sla="a",target="resolution"} 60'
    assert reading(page, page).sum("helpdesk_sla_target_seconds") == 60


def test_a_mean_divides_the_sums_of_all_workers() -> None:
    """(1 x 10 s + 3 x 50 s) / 4 is 40 s; the mean of the workers' means would be 30 s."""
    one, three = (
        histogram("a", {"+Inf": 1}, 10),
        histogram("a", {"+Inf": 3}, 150),
    )
    assert reading(one, three).mean("helpdesk_h") == 40


def test_no_data_is_none() -> None:
    empty = reading()
    assert empty.mean("helpdesk_h") is None
    assert empty.quantile(0.5, "helpdesk_h") is None


@pytest.mark.parametrize(
    ("q", "seconds"),
    [(0.25, 30), (0.5, 60), (0.625, 180), (0.75, 300), (1.0, 300)],
)
def test_quantiles_are_linear_within_a_bucket_as_in_prometheus(q: float, seconds: float) -> None:
    """Two of four within a minute, one more within five, one beyond: the last finite bound."""
    page = histogram("a", {"60.0": 2, "300.0": 3, "+Inf": 4}, 1)
    assert reading(page).quantile(q, "helpdesk_h") == seconds


def test_quantiles_are_taken_over_the_buckets_of_all_queues_and_workers() -> None:
    pages = (
        histogram("a", {"60.0": 4, "300.0": 4, "+Inf": 4}, 1),
        histogram("b", {"60.0": 0, "300.0": 4, "+Inf": 4}, 1),
    )
    assert reading(*pages).quantile(0.75, "helpdesk_h") == 180
    assert reading(*pages).quantile(0.5, "helpdesk_h", queue="b") == 180


def test_zeros_and_pipeline_metrics_say_nothing_about_the_helpdesk() -> None:
    page = (
        'helpdesk_x{queue="a"} 0\nhelpdesk_x{queue="b"} 1\nhelpdesk_pipeline_ready 1\n'
        'helpdesk_channel_available{channel="chat"} 0\n'
    )
    names = sorted(key.name for key in kpis(parse(page)))
    assert names == ["helpdesk_channel_available", "helpdesk_x"]


def pipeline(*recovered: tuple[int, int], lag: int | None = 0) -> Page:
    """Return the page of a worker with these partitions: number and whether it is recovered."""
    lines = []
    for topic in ("tickets", "calls"):
        for number, state in recovered:
            labels = f'{{topic="{topic}",partition="{number}"}}'
            lines.append(f"helpdesk_pipeline_partition_assigned{labels} 1")
            lines.append(f"helpdesk_pipeline_partition_recovered{labels} {state}")
            if lag is not None:
                lines.append(f"helpdesk_pipeline_consumer_lag_records{labels} {lag}")
    text = "\n".join(lines)
    return Page(0, parse(text))


def test_a_partition_counts_once_all_its_topics_are_recovered() -> None:
    page = (
        'helpdesk_pipeline_partition_recovered{topic="a",partition="0"} 1\n'
        'helpdesk_pipeline_partition_recovered{topic="b",partition="0"} 0\n'
        'helpdesk_pipeline_partition_recovered{topic="a",partition="1"} 1\n'
    )
    assert partitions(parse(page)) == {"0": False, "1": True}


def test_a_round_is_complete_when_every_partition_is_counted_once_and_caught_up() -> None:
    """None missing, none counted by two workers, none still read back, none behind."""
    low = [(number, 1) for number in range(4)]
    high = [(number, 1) for number in range(4, 8)]
    assert Round(0, [pipeline(*low), pipeline(*high)]).complete
    assert Round(0, [pipeline(*low), None]).missing == 4
    assert Round(0, [pipeline(*low), pipeline(*high, (3, 1))]).missing == 1
    assert Round(0, [pipeline(*low), pipeline(*high[1:], (4, 0))]).missing == 1
    assert not Round(0, [pipeline(*low), pipeline(*high, lag=2)]).complete
    assert not Round(0, [pipeline(*low), pipeline(*high, lag=None)]).complete
