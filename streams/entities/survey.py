"""Surveys, with a ticket or alone. (Contract 3; 7, rulings 14, 26.)

A survey is (entity, subject, kind). The last answer counts, at its time.
"""

from typing import Any, Final

from streams.entities.attributes import CHANNEL, QUEUE, label_at
from streams.entities.rules import Rules
from streams.entities.stored import SURVEY_SENT, Stored, data_of
from streams.entities.ticket import Ticket
from streams.facts.facts import (
    AGENT_CSAT,
    AGENT_ESAT,
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
# Kinds whose answers are an agent's too.
OF_AGENTS: Final = ("csat", "esat")
# How many points of a scale are bad, by how many there are.
BAD_POINTS: Final = {2: 1, 3: 2, 5: 3}
SCORES: Final = {"ces": CES, "nps": NPS, "esat": ESAT}


def survey_facts(
    rules: Rules,
    events: list[Stored],
    ticket: Ticket | None,
    out: list[Row],
) -> None:
    """Append the facts of an entity's surveys; `events` in order, with or without a ticket."""
    sent: dict[tuple[str | None, str], int] = {}
    first: dict[tuple[str | None, str], int] = {}
    last: dict[tuple[str | None, str], tuple[int, Any]] = {}
    for event in events:
        data = data_of(event)
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
        if rules.with_agents:
            agent_score_fact(rules, at, data, ticket, out)


def score_fact(rules: Rules, at: int, data: Any, ticket: Ticket | None) -> Row:
    """Return the fact of the answer that counts; the ticket gives the labels that it does not."""
    _, high = data.scale or SCALES[data.kind]
    channel, queue = data.channel, data.queue
    if ticket is not None:
        channel = channel or label_at(ticket.lines[CHANNEL], at)
        queue = queue or label_at(ticket.lines[QUEUE], at)
    channel_code, queue_code = rules.channel.code(channel), rules.queue.code(queue)
    score = int(data.score)
    if data.kind == "fcr":
        return (FCR_SURVEY, at, channel_code, queue_code, 1 if score == high * 1000 else 0)
    scale, bucket = scale_and_bucket(rules, data)
    if data.kind == "esat":
        return (ESAT, at, scale, score, bucket)
    if data.kind == "csat":
        return (CSAT, at, scale, channel_code, queue_code, score, bucket, is_good(data))
    return (SCORES[data.kind], at, scale, channel_code, queue_code, score, bucket)


def scale_and_bucket(rules: Rules, data: Any) -> tuple[int, int]:
    """Return the code of the scale of an answer, and which of its buckets the score falls into."""
    low, high = data.scale or SCALES[data.kind]
    scale = rules.scale.code(f"{low}-{high}")
    return scale, 0 if scale == OTHER else -(-int(data.score) // 1000) - low


def is_good(data: Any) -> int:
    """Return 1 for a good score, 0 for a bad one, -1 on a scale that does not say.

    Good are the top two of five points, the top of two or three, as helpdesks have them.
    """
    low, high = data.scale or SCALES[data.kind]
    bad = BAD_POINTS.get(high - low + 1)
    if bad is None:
        return -1
    return 1 if data.score >= (low + bad) * 1000 else 0


def agent_score_fact(
    rules: Rules, at: int, data: Any, ticket: Ticket | None, out: list[Row]
) -> None:
    """Append whose score it is: of CSAT, who is credited with the last solve by then.

    Without a solve, and for ESAT, the event's agent. Nobody to credit: no fact.
    """
    agent = data.agent
    if data.kind == "csat" and ticket is not None:
        for number, solve in enumerate(ticket.solves):
            if solve <= at:
                agent = ticket.credited(number)
    elif data.kind not in OF_AGENTS:
        return
    if agent is not None:
        scale, bucket = scale_and_bucket(rules, data)
        score = int(data.score)
        code = rules.agent.code(agent)
        if data.kind == "csat":
            out.append((AGENT_CSAT, at, code, scale, score, bucket, is_good(data)))
        else:
            out.append((AGENT_ESAT, at, code, scale, score, bucket))
