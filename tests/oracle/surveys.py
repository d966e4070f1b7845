"""Surveys: sent, answered, scores. (Contract 1 and 3; ruling 26.)"""

from collections.abc import Iterator

from schemas.events import SurveyAnswered, SurveySent
from schemas.policy import Policy
from tests.oracle.facts import Fact, Labels
from tests.oracle.situation import Situation
from tests.oracle.tickets import Ticket

SCALES = {"csat": (1, 5), "ces": (1, 7), "nps": (0, 10), "esat": (1, 5), "fcr": (0, 1)}


# Of so many points so many at the top are good, for who tells good from bad.
GOOD = {2: 1, 3: 1, 5: 2}


def survey_facts(situation: Situation) -> Iterator[Fact]:
    """Yield surveys sent and answered, and the answers."""
    yield from traffic(situation)
    for ticket, answer in last_answers(situation):
        yield from answer_facts(situation, ticket, answer)


def traffic(situation: Situation) -> Iterator[Fact]:
    """Ruling 26: sent: its first `survey.sent`. Answered: its first answer."""
    for _, events in situation.surveys():
        labels = {"kind": events[0].data.kind}
        sent = [event for event in events if isinstance(event, SurveySent)]
        answered = [event for event in events if isinstance(event, SurveyAnswered)]
        if sent:
            yield Fact("surveys_sent", sent[0].time, labels)
        if answered:
            yield Fact("surveys_answered", answered[0].time, labels)


def last_answers(situation: Situation) -> Iterator[tuple[Ticket | None, SurveyAnswered]]:
    """Yield each survey's ticket and its last answer, which wins."""
    for ticket, events in situation.surveys():
        answers = [event for event in events if isinstance(event, SurveyAnswered)]
        if answers:
            yield ticket, answers[-1]


def answer_facts(
    situation: Situation, ticket: Ticket | None, answer: SurveyAnswered
) -> Iterator[Fact]:
    """CSAT, CES and NPS by channel and queue, ESAT by scale only, FCR as yes and answers."""
    labels = {
        "channel": surveyed(situation, ticket, answer, "channel"),
        "queue": surveyed(situation, ticket, answer, "queue"),
    }
    match answer.data.kind:
        case "esat":
            yield score_fact("esat_score", answer, {})
        case "fcr":
            yield Fact("fcr_survey_answers", answer.time, labels)
            # Ruling 26: fcr yes is the top of the scale.
            if answer.data.score == 1000 * scale(answer)[1]:
                yield Fact("fcr_survey_yes", answer.time, labels)
        case "csat":
            yield from satisfaction(situation.policy, "csat_score", answer, labels)
        case kind:
            yield score_fact(f"{kind}_score", answer, labels)


def satisfaction(
    policy: Policy, family: str, answer: SurveyAnswered, labels: Labels
) -> Iterator[Fact]:
    """Zendesk: good or bad instead of the score; scales that do not say which are left out."""
    if policy.definitions.csat == "deskpulse":
        yield score_fact(family, answer, labels)
        return
    low, high = scale(answer)
    points = high - low + 1
    if points in GOOD:
        is_good = answer.data.score >= 1000 * (high + 1 - GOOD[points])
        labels = {**labels, "scale": "0-1"}
        yield Fact(family, answer.time, labels, 1000 * is_good, 1000, (0, 1000))


def surveyed(
    situation: Situation, ticket: Ticket | None, answer: SurveyAnswered, dimension: str
) -> str:
    """It takes queue and channel from the ticket where the event does not give them."""
    given: str | None = getattr(answer.data, dimension)
    if given is None and ticket is not None:
        given = ticket.carried(dimension, answer.time)
    return situation.label(dimension, given)


def scale(answer: SurveyAnswered) -> tuple[int, int]:
    """Return the scale of an answer, by default that of its kind."""
    return answer.data.scale or SCALES[answer.data.kind]


def score_fact(family: str, answer: SurveyAnswered, labels: Labels) -> Fact:
    """Ruling 26: `scale="1-5"`; le: each integer of the scale and +Inf."""
    low, high = scale(answer)
    bounds = tuple(1000 * score for score in range(low, high + 1))
    labels = {**labels, "scale": f"{low}-{high}"}
    return Fact(family, answer.time, labels, answer.data.score, 1000, bounds)
