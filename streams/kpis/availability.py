"""Whether channels are open when they are promised to be."""

from typing import Final

from streams.kpis.examples import OFFICE
from streams.kpis.kpi import Example, Level, Query
from streams.kpis.promql import level, share, total

OUTAGE: Final = Example(
    """
    05:00  c1  channel  channel=chat available=true
    09:00  c2  channel  channel=chat available=false
    10:00  c3  channel  channel=chat available=true
    -> 11:00  channel_available{channel="chat"} 1
    -> 11:00  channel_promised_seconds{channel="chat"} 14400
    -> 11:00  channel_available_seconds{channel="chat"} 10800
    """,
    OFFICE,
)

AVAILABLE: Final = Level(
    family="channel_available",
    labels=("channel",),
    title="Channel available",
    help="Whether a channel is available now.",
    definition="1 or 0. Channels that share the label `other` add up.",
    formula="1 if the last event of the channel until t says so",
    source="Common practice: channel uptime",
    queries=(Query("Available now", total(level("channel_available"), "channel")),),
    example=OUTAGE,
)
AVAILABLE_SECONDS: Final = Level(
    family="channel_available_seconds",
    labels=("channel",),
    rolling=True,
    title="Time available",
    help="Time in which a channel was available when it was promised.",
    definition="Promised is the open time of the channel's calendar, else of the business "
    "calendar, else all time, from the channel's first event on.",
    formula="promised time in [start of the window, t] in which the channel was available",
    unit="seconds",
    source="Common practice: uptime within promised hours",
    queries=(
        share("Availability", "channel_available_seconds", "channel_promised_seconds", "channel"),
    ),
    example=OUTAGE,
)
PROMISED_SECONDS: Final = Level(
    family="channel_promised_seconds",
    labels=("channel",),
    rolling=True,
    title="Time promised",
    help="Time in which a channel was promised to be available.",
    definition="Open time of the channel's calendar, else of the business calendar, else all "
    "time, from the channel's first event on.",
    formula="promised time in [start of the window, t]",
    unit="seconds",
    source="Common practice: uptime within promised hours",
    example=OUTAGE,
)

LEVELS: Final = (AVAILABLE, AVAILABLE_SECONDS, PROMISED_SECONDS)
