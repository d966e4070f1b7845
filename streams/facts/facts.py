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
CONTACT: Final = 19
FIRST_CONTACT: Final = 20
INTERACTION: Final = 21
CONVERTED: Final = 22
ATTRIBUTED: Final = 23
ATTRIBUTED_REFUND: Final = 24
ORDER: Final = 25
REFUND: Final = 26
NET_REVENUE: Final = 27
CUSTOMER: Final = 28
RETENTION_BASE: Final = 29
RETAINED: Final = 30
CALL: Final = 31
CALL_ENDED: Final = 32
COST: Final = 33
REVIEW: Final = 34
COMPLAINT: Final = 35
FEEDBACK: Final = 36
MENTION: Final = 37
AGENT_SOLVED: Final = 38
AGENT_FIRST_REPLY: Final = 39
AGENT_REPLY: Final = 40
AGENT_REOPEN: Final = 41
AGENT_CSAT: Final = 42
AGENT_ESAT: Final = 43
AGENT_INTERACTION: Final = 44

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
        "customer_replies",
        "agents",
        "reopens",
        "waited",
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
    ("time", "scale", "channel", "queue", "score", "bucket", "good"),
    ("time", "scale", "channel", "queue", "score", "bucket"),
    ("time", "scale", "channel", "queue", "score", "bucket"),
    ("time", "scale", "score", "bucket"),
    ("time", "channel", "queue", "yes"),
    ("time", "channel", "repeat"),
    ("time", "queue", "channel", "priority", "resolved"),
    ("time", "queue", "channel", "priority", "gap"),
    ("time", "queue", "channel", "priority"),
    ("time", "currency", "amount"),
    ("time", "currency", "amount"),
    ("time", "currency", "amount"),
    ("time", "currency", "amount"),
    ("time", "currency", "amount"),
    ("time", "step"),
    ("time", "period", "step"),
    ("time", "period", "step"),
    ("time", "queue", "abandoned"),
    ("time", "queue", "handle", "wait"),
    ("time", "currency", "amount"),
    ("time", "kind", "ratio", "passed", "script_checked", "script_followed"),
    ("time", "topic"),
    ("time", "kind", "sentiment"),
    ("time", "network", "sentiment"),
    ("time", "agent", "handle", "observed"),
    ("time", "agent", "elapsed"),
    ("time", "agent", "elapsed"),
    ("time", "agent"),
    ("time", "agent", "scale", "score", "bucket", "good"),
    ("time", "agent", "scale", "score", "bucket"),
    ("time", "agent", "gap"),
)

# What follows from the statements of tickets about customers.
CUSTOMER_FACTS: Final = frozenset(
    (
        CONTACT,
        FIRST_CONTACT,
        INTERACTION,
        AGENT_INTERACTION,
        CONVERTED,
        ATTRIBUTED,
        ATTRIBUTED_REFUND,
    )
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

REVIEW_KINDS: Final = ("qa", "audit", "mystery_shop")
FEEDBACK_KINDS: Final = ("feedback", "interview", "focus_group")
SENTIMENTS: Final = ("positive", "neutral", "negative")
RETENTION_DAYS: Final = (30, 90)
PERIODS: Final = tuple(f"{days}d" for days in RETENTION_DAYS)

# Texts of the closed label columns, by fact type and label.
CLOSED: Final = {
    (TRANSFER, "kind"): TRANSFER_KINDS,
    (SURVEY_SENT, "kind"): SURVEY_KINDS,
    (SURVEY_ANSWERED, "kind"): SURVEY_KINDS,
    (ANOMALY, "reason"): REASONS,
    (CLOCK, "target"): TARGETS,
    (REVIEW, "kind"): REVIEW_KINDS,
    (FEEDBACK, "kind"): FEEDBACK_KINDS,
    (FEEDBACK, "sentiment"): SENTIMENTS,
    (MENTION, "sentiment"): SENTIMENTS,
    (RETENTION_BASE, "period"): PERIODS,
    (RETAINED, "period"): PERIODS,
}

# Tick box: 0 never ticked, else the last value.
TICKED_NO: Final = 1
TICKED_YES: Final = 2
