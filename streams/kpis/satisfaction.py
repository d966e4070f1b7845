"""What customers and agents say in surveys."""

from typing import Final

from schemas.policy import Policy
from streams.facts.facts import CES, CSAT, ESAT, FCR_SURVEY, NPS, SURVEY_ANSWERED, SURVEY_SENT
from streams.kpis.kpi import SCALE, Column, Example, Kpi, Query
from streams.kpis.promql import above, ratio, rolling, share, total

LAST: Final = "The last answer of a survey counts, at its time. "
SURVEY: Final = ("scale", "channel", "queue")


def _score(
    family: str,
    fact: int,
    labels: tuple[str, ...],
    *,
    title: str,
    source: str,
    queries: tuple[Query, ...],
    example: str,
) -> Kpi:
    return Kpi(
        family=family,
        fact=fact,
        labels=labels,
        value=lambda answer: answer.score,
        buckets=SCALE,
        unit=1000,
        title=title,
        help=f"{title} of answered surveys.",
        definition=LAST + "One bucket for each score of the scale; scales are not mixed.",
        formula="score of the last answer of each survey",
        source=source,
        queries=queries,
        example=Example(example),
    )


def is_judged(answer: Column) -> Column:
    """Return whether a scale says which of its scores are good."""
    return answer.good >= 0


def good(answer: Column) -> Column:
    """Return 1 in thousandths for a good score, 0 for a bad one."""
    return answer.good * 1000


def good_or_bad(family: str, fact: int, labels: tuple[str, ...], title: str) -> Kpi:
    """Return a satisfaction score as Zendesk counts it: 1 for good, 0 for bad."""
    agent = " agent=ann" if "agent" in labels else ""
    settings = "\nagents: {enabled: true}" if agent else ""
    return Kpi(
        family=family,
        fact=fact,
        labels=labels,
        extra=(("scale", "0-1"),),
        value=good,
        where=is_judged,
        buckets=(0, 1000),
        unit=1000,
        title=title,
        help=f"{title} of answered surveys, 1 for good and 0 for bad.",
        definition=LAST + "Good are 4 and 5 on a scale of five points, 3 is bad; the top of a "
        "scale of two or three points. Answers on other scales are not counted.",
        formula="1 if a survey's last answer is good, else 0; its mean is good / (good + bad)",
        source="Zendesk: satisfaction score, good / (good + bad)",
        example=Example(
            f"""
            10:00  s1  answered  kind=csat score=5{agent}
            10:00  s2  answered  kind=csat score=3{agent}
            10:00  s3  answered  kind=csat score=7 scale=0..10{agent}
            -> 11:00  {family}_gcount{{scale="0-1"}} 2
            -> 11:00  {family}_gsum{{scale="0-1"}} 1
            -> 11:00  {family}_bucket{{scale="0-1",le="0.0"}} 1
            """,
            f"{settings}\ndefinitions: {{csat: zendesk}}\n",
        ),
    )


def _promoters(family: str) -> Query:
    """Return promoters (9 and 10) less detractors (0 to 6) in points."""
    everyone = total(rolling(f"{family}_gcount", scale="0-10"))
    detractors = total(rolling(f"{family}_bucket", scale="0-10", le="6.0"))
    no_promoters = total(rolling(f"{family}_bucket", scale="0-10", le="8.0"))
    return Query(
        "Net promoter score", f"100 * ({everyone} - {no_promoters} - {detractors}) / {everyone}"
    )


CSAT_SCORE: Final = {
    "deskpulse": _score(
        "csat_score",
        CSAT,
        SURVEY,
        title="Customer satisfaction score",
        source="Chatwoot: share of 4 and 5 on a scale of five; the mean is as usual",
        queries=(above("Satisfied (4 and 5 of 5)", "csat_score", "3.0", "1-5"),),
        example="""
            10:00  s1  answered  kind=csat score=2 queue=tech
            10:05  s1  answered  kind=csat score=4 queue=tech
            10:10  s2  answered  kind=csat score=5 queue=tech
            -> 11:00  csat_score_gcount{scale="1-5",queue="tech"} 2
            -> 11:00  csat_score_gsum{scale="1-5",queue="tech"} 9
            -> 11:00  csat_score_bucket{scale="1-5",le="4.0"} 1
            """,
    ),
    "zendesk": good_or_bad(
        "csat_score", CSAT, ("channel", "queue"), "Customer satisfaction score"
    ),
}

OTHERS: Final = (
    _score(
        "ces_score",
        CES,
        SURVEY,
        title="Customer effort score",
        source="CES 2.0: agreement from 1 to 7 that the company made it easy, and the share of "
        "5 to 7",
        queries=(above("Found it easy (5 to 7 of 7)", "ces_score", "4.0", "1-7"),),
        example="""
            10:00  s1  answered  kind=ces score=6
            10:00  s2  answered  kind=ces score=3
            -> 11:00  ces_score_gsum{scale="1-7"} 9
            -> 11:00  ces_score_bucket{scale="1-7",le="4.0"} 1
            """,
    ),
    _score(
        "nps_score",
        NPS,
        SURVEY,
        title="Net promoter score answers (0 to 10)",
        source="Net promoter score: promoters answer 9 or 10, detractors 0 to 6",
        queries=(_promoters("nps_score"),),
        example="""
            10:00  s1  answered  kind=nps score=10
            10:00  s2  answered  kind=nps score=8
            10:00  s3  answered  kind=nps score=6
            -> 11:00  nps_score_gcount{scale="0-10"} 3
            -> 11:00  nps_score_bucket{scale="0-10",le="6.0"} 1
            -> 11:00  nps_score_bucket{scale="0-10",le="8.0"} 2
            """,
    ),
    _score(
        "esat_score",
        ESAT,
        ("scale",),
        title="Employee satisfaction score",
        source="Common practice: share of 4 and 5 on a scale of five",
        queries=(above("Satisfied (4 and 5 of 5)", "esat_score", "3.0", "1-5"),),
        example="""
            10:00  s1  answered  kind=esat score=4
            -> 11:00  esat_score_gsum{scale="1-5"} 4
            """,
    ),
    Kpi(
        family="fcr_survey_answers",
        fact=FCR_SURVEY,
        labels=("channel", "queue"),
        title="Answers on first contact resolution",
        help="Answers to the question whether the first contact resolved the issue.",
        definition=LAST,
        formula="number of surveys of kind fcr with an answer",
        source="Common contact-centre practice: first contact resolution by survey",
        example=Example(
            """
            10:00  s1  answered  kind=fcr score=1 queue=tech
            10:00  s2  answered  kind=fcr score=0 queue=tech
            -> 11:00  fcr_survey_answers{queue="tech"} 2
            """
        ),
    ),
    Kpi(
        family="fcr_survey_yes",
        fact=FCR_SURVEY,
        labels=("channel", "queue"),
        where=lambda answer: answer.yes > 0,
        title="Answers that the first contact resolved it",
        help="Answers that the first contact resolved the issue.",
        definition=LAST + "Yes is the top of the scale.",
        formula="number of surveys of kind fcr whose last answer is the top of its scale",
        source="Common contact-centre practice: first contact resolution by survey",
        queries=(
            share("First contact resolution by survey", "fcr_survey_yes", "fcr_survey_answers"),
        ),
        example=Example(
            """
            10:00  s1  answered  kind=fcr score=1
            10:00  s2  answered  kind=fcr score=0
            -> 11:00  fcr_survey_yes 1
            """
        ),
    ),
    Kpi(
        family="surveys_sent",
        fact=SURVEY_SENT,
        labels=("kind",),
        title="Surveys sent",
        help="Surveys sent.",
        definition="The first sending; a reminder is no second survey.",
        formula="number of surveys whose first sending lies in the window",
        source="Chatwoot: surveys sent",
        example=Example(
            """
            10:00  s1  sent  kind=csat
            10:30  s1  sent  kind=csat
            -> 11:00  surveys_sent{kind="csat"} 1
            """
        ),
    ),
    Kpi(
        family="surveys_answered",
        fact=SURVEY_ANSWERED,
        labels=("kind",),
        title="Surveys answered",
        help="Surveys answered.",
        definition="The first answer. Answers and sendings are each dated by themselves, so over "
        "a short window the response rate may pass 1.",
        formula="number of surveys whose first answer lies in the window",
        source="Chatwoot: response rate, answers / sent",
        queries=(ratio("Response rate", "surveys_answered", "surveys_sent", "kind"),),
        example=Example(
            """
            10:00  s1  sent      kind=csat
            10:30  s1  answered  kind=csat score=4
            10:40  s1  answered  kind=csat score=5
            -> 11:00  surveys_answered{kind="csat"} 1
            """
        ),
    ),
)


def kpis(policy: Policy) -> tuple[Kpi, ...]:
    """Return the KPIs of surveys, with the definition of satisfaction that the policy names."""
    return (CSAT_SCORE[policy.definitions.csat], *OTHERS)
