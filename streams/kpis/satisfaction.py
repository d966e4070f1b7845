"""What customers and agents say in surveys."""

from typing import Final

from streams.facts.facts import CES, CSAT, ESAT, FCR_SURVEY, NPS, SURVEY_ANSWERED, SURVEY_SENT
from streams.kpis.kpi import SCALE, Kpi

LAST: Final = "The last answer of a survey counts, at its time. "


def _score(family: str, fact: int, labels: tuple[str, ...], name: str) -> Kpi:
    return Kpi(
        family=family,
        fact=fact,
        labels=labels,
        value=lambda answer: answer.score,
        buckets=SCALE,
        unit=1000,
        help=f"{name} of answered surveys.",
        definition=LAST + "One bucket for each score of the scale; scales are not mixed.",
    )


SURVEY: Final = ("scale", "channel", "queue")

KPIS: Final = (
    _score("csat_score", CSAT, SURVEY, "Customer satisfaction score"),
    _score("ces_score", CES, SURVEY, "Customer effort score"),
    _score("nps_score", NPS, SURVEY, "Net promoter score answers (0 to 10)"),
    _score("esat_score", ESAT, ("scale",), "Employee satisfaction score"),
    Kpi(
        family="fcr_survey_answers",
        fact=FCR_SURVEY,
        labels=("channel", "queue"),
        help="Answers to the question whether the first contact resolved the issue.",
        definition=LAST,
    ),
    Kpi(
        family="fcr_survey_yes",
        fact=FCR_SURVEY,
        labels=("channel", "queue"),
        where=lambda answer: answer.yes > 0,
        help="Answers that the first contact resolved the issue.",
        definition=LAST + "Yes is the top of the scale.",
    ),
    Kpi(
        family="surveys_sent",
        fact=SURVEY_SENT,
        labels=("kind",),
        help="Surveys sent.",
        definition="The first sending; a reminder is no second survey.",
    ),
    Kpi(
        family="surveys_answered",
        fact=SURVEY_ANSWERED,
        labels=("kind",),
        help="Surveys answered.",
        definition="The first answer.",
    ),
)
