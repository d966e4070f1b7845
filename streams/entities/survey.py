"""Surveys, with a ticket or alone. (Contract 3; 7, rulings 14, 26.)

A survey is (entity, subject, kind). The last answer counts, at its time.
"""

from typing import Any, Final

from streams.entities.attributes import CHANNEL, QUEUE, label_at
from streams.entities.rules import Rules
from streams.entities.stored import SURVEY_SENT, Stored, survey_data
from streams.entities.ticket import Ticket
from streams.facts.facts import (
    CES,
    CSAT,
    ESAT,
    FCR_SURVEY,
    NPS,
    SURVEY_KINDS,
    Row,
)
from streams.facts.facts import (
    SURVEY_ANSWERED as ANSWERED_FACT,
)
from streams.facts.facts import (
    SURVEY_SENT as SENT_FACT,
)
from streams.facts.vocabulary import OTHER

SCALES: Final[dict[str, tuple[int, int]]] = {
    "csat": (1, 5),
    "ces": (1, 7),
    "nps": (0, 10),
    "esat": (1, 5),
    "fcr": (0, 1),
}
SCORES: Final = {"csat": CSAT, "ces": CES, "nps": NPS, "esat": ESAT}


def survey_facts(
    rules: Rules,
    events: list[Stored],
    ticket: Ticket | None,
    out: list[Row],
) -> None:
    """Append the facts of all surveys of an entity; `events` in order, with or without a ticket."""
    sent: dict[tuple[str | None, str], int] = {}
    first: dict[tuple[str | None, str], int] = {}
    last: dict[tuple[str | None, str], tuple[int, Any]] = {}
    for event in events:
        data = survey_data(event)
        survey = (event[6], data.kind)
        if event[4] == SURVEY_SENT:
            sent.setdefault(survey, event[0])
        else:
            first.setdefault(survey, event[0])
            last[survey] = (event[0], data)
    for (_, kind), at in sent.items():
        out.append((SENT_FACT, at, SURVEY_KINDS.index(kind)))
    for (_, kind), at in first.items():
        out.append((ANSWERED_FACT, at, SURVEY_KINDS.index(kind)))
    for at, data in last.values():
        out.append(score_fact(rules, at, data, ticket))


def score_fact(rules: Rules, at: int, data: Any, ticket: Ticket | None) -> Row:
    """Return the fact of the answer that counts; the ticket gives the labels that it does not."""
    low, high = data.scale or SCALES[data.kind]
    channel, queue = data.channel, data.queue
    if ticket is not None:
        channel = channel or label_at(ticket.lines[CHANNEL], at)
        queue = queue or label_at(ticket.lines[QUEUE], at)
    channel_code, queue_code = rules.channel.code(channel), rules.queue.code(queue)
    score = int(data.score)
    if data.kind == "fcr":
        return (FCR_SURVEY, at, channel_code, queue_code, 1 if score == high * 1000 else 0)
    scale = rules.scale.code(f"{low}-{high}")
    bucket = 0 if scale == OTHER else -(-score // 1000) - low
    if data.kind == "esat":
        return (ESAT, at, scale, score, bucket)
    return (SCORES[data.kind], at, scale, channel_code, queue_code, score, bucket)
