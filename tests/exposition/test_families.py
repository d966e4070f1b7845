"""Pages: both formats, gauge histograms, no `_created`, what was asked for."""

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families

from streams.engine.samples import Family, Sample
from streams.exposition.families import CONTENT_TYPES, negotiate, render

OPENED = Family(
    "helpdesk_rolling_tickets_opened",
    "gauge",
    "Tickets created.",
    [Sample("helpdesk_rolling_tickets_opened", {"queue": 'a"b\\c\nd', "window": "1h"}, 3)],
)
REPLY = Family(
    "helpdesk_rolling_reply_time_seconds",
    "gaugehistogram",
    "Time to a reply.",
    [
        Sample("helpdesk_rolling_reply_time_seconds_bucket", {"window": "1h", "le": "60.0"}, 1),
        Sample("helpdesk_rolling_reply_time_seconds_bucket", {"window": "1h", "le": "+Inf"}, 2),
        Sample("helpdesk_rolling_reply_time_seconds_gcount", {"window": "1h"}, 2),
        Sample("helpdesk_rolling_reply_time_seconds_gsum", {"window": "1h"}, 95.5),
    ],
)


def test_openmetrics_keeps_gauge_histograms() -> None:
    """A page in OpenMetrics is read back by the strict parser, types and values included."""
    page = render([OPENED, REPLY], "openmetrics").decode()
    opened, reply = text_string_to_metric_families(page)
    assert (opened.type, reply.type) == ("gauge", "gaugehistogram")
    assert opened.samples[0].labels["queue"] == 'a"b\\c\nd'
    assert {sample.name: sample.value for sample in reply.samples} == {
        "helpdesk_rolling_reply_time_seconds_bucket": 2,
        "helpdesk_rolling_reply_time_seconds_gcount": 2,
        "helpdesk_rolling_reply_time_seconds_gsum": 95.5,
    }
    assert page.endswith("# EOF\n")


def test_text_shows_a_gauge_histogram_as_a_histogram_with_gauges() -> None:
    """Text 0.0.4 has no gauge histograms: buckets stay, count and sum become gauges."""
    page = render([REPLY], "text").decode()
    assert "# TYPE helpdesk_rolling_reply_time_seconds histogram\n" in page
    assert "# TYPE helpdesk_rolling_reply_time_seconds_gsum gauge\n" in page
    assert 'helpdesk_rolling_reply_time_seconds_bucket{le="60.0",window="1h"} 1.0\n' in page


def test_a_family_without_samples_is_a_family() -> None:
    """Help and type stay where nothing was counted yet."""
    page = render([OPENED._replace(samples=[])], "text").decode()
    assert page.splitlines() == [
        "# HELP helpdesk_rolling_tickets_opened Tickets created.",
        "# TYPE helpdesk_rolling_tickets_opened gauge",
    ]


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        ("", "text"),
        ("*/*", "text"),
        ("text/plain;version=0.0.4", "text"),
        ("application/openmetrics-text;version=1.0.0,text/plain;q=0.5", "openmetrics"),
        ("text/plain;q=0.5, application/openmetrics-text; version=2.0.0", "openmetrics"),
    ],
)
def test_the_format_is_negotiated(accept: str, expected: str) -> None:
    """OpenMetrics where it is asked for, whatever the version; else text."""
    assert negotiate(accept) == expected


def test_openmetrics_says_version_1() -> None:
    """What is written is 1.0, so that is what the page is labelled as."""
    assert "version=1.0.0" in CONTENT_TYPES["openmetrics"]
    assert "version=0.0.4" in CONTENT_TYPES["text"]
