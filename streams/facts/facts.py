"""Fact types: what can have happened, each with its columns.

A fact is a row of integers, (type, time, …): the type's number, then its columns. Times and
durations are milliseconds, scores thousandths, label columns codes of a `Vocabulary`. A fact
may be dated in the future: it counts once that instant has come.
"""

from typing import Final

Row = tuple[int, ...]

OPENED: Final = 0
FIRST_REPLY: Final = 1
HANDOFF_REPLY: Final = 2
REPLY: Final = 3
REOPENED: Final = 4
TRANSFER: Final = 5
ESCALATION: Final = 6
HANDOFF: Final = 7
FIRST_SOLVE: Final = 8
SOLVED: Final = 9
CLOCK: Final = 10
ANOMALY: Final = 11
SURVEY_SENT: Final = 12
SURVEY_ANSWERED: Final = 13
CSAT: Final = 14
CES: Final = 15
NPS: Final = 16
ESAT: Final = 17
FCR_SURVEY: Final = 18

COLUMNS: Final[tuple[tuple[str, ...], ...]] = (
    ("time", "queue", "channel", "priority", "topic"),
    ("time", "queue", "priority", "elapsed", "open_elapsed"),
    ("time", "queue", "priority", "elapsed"),
    ("time", "queue", "priority", "elapsed", "open_elapsed"),
    ("time", "queue", "channel", "priority", "first"),
    ("time", "kind", "queue"),
    ("time", "queue"),
    ("time", "queue"),
    ("time", "queue", "priority", "elapsed"),
    (
        "time",
        "queue",
        "channel",
        "priority",
        "elapsed",
        "requester_wait",
        "agent_work",
        "customer_wait",
        "handle",
        "replies",
        "customer_messages",
        "by_agent",
        "touched",
        "transfers",
        "escalations",
        "tick_box",
        "open_elapsed",
        "open_requester_wait",
    ),
    ("time", "sla", "target", "queue", "priority", "breached"),
    ("time", "reason"),
    ("time", "kind"),
    ("time", "kind"),
    ("time", "scale", "channel", "queue", "score", "bucket"),
    ("time", "scale", "channel", "queue", "score", "bucket"),
    ("time", "scale", "channel", "queue", "score", "bucket"),
    ("time", "scale", "score", "bucket"),
    ("time", "channel", "queue", "yes"),
)

# Codes of the closed label columns.
STATUSES: Final = ("new", "open", "pending", "hold", "solved", "closed")
TARGETS: Final = ("first_response", "next_reply", "resolution")
REASONS: Final = (
    "negative_first_response_time",
    "negative_reply_time",
    "negative_resolution_time",
    "negative_first_resolution_time",
)
TRANSFER_KINDS: Final = ("agent", "queue")
SURVEY_KINDS: Final = ("csat", "ces", "nps", "esat", "fcr")

# Tick box: 0 never ticked, else the last value.
TICKED_NO: Final = 1
TICKED_YES: Final = 2
