"""What people say in surveys."""

from tests.story import Evaluate, Story


def test_the_last_answer_of_a_survey_wins(evaluate: Evaluate) -> None:
    """It is answered once, at the first answer; its score counts at the last. (Pitfall 31.)"""
    story = Story(
        evaluate,
        """
        08:00  t1  created   queue=tech channel=web
        08:10  s1  sent      kind=csat ticket=t1
        08:20  s1  sent      kind=csat ticket=t1
        08:30  s1  answered  kind=csat score=1 ticket=t1
        09:30  t1  updated   queue=billing
        09:50  s1  answered  kind=csat score=4 ticket=t1
        """,
    )
    assert story.at("08:30").sum("csat_score", queue="tech") == 1
    now = story.at("10:00")
    assert now.count("csat_score") == 1
    assert now.sum("csat_score", queue="billing", channel="web", scale="1-5") == 4
    assert [now.within("csat_score", f"{le}.0") for le in range(1, 6)] == [0, 0, 0, 1, 1]
    assert now.value("surveys_sent", kind="csat") == 1
    assert story.at("09:15").value("surveys_sent", window="1h", kind="csat") == 0
    assert now.value("surveys_answered", kind="csat") == 1
    assert now.value("surveys_answered", window="1h", kind="csat") == 0


def test_an_answer_gives_its_own_values_where_it_has_them(evaluate: Evaluate) -> None:
    """Without a ticket the others are none."""
    story = Story(
        evaluate,
        """
        08:00  t1  created   queue=tech channel=web
        09:00  s1  answered  kind=nps score=9 ticket=t1 queue=vip
        09:00  s2  answered  kind=nps score=0 channel=phone
        """,
    )
    now = story.at("10:00")
    assert now.count("nps_score", queue="vip", channel="web", scale="0-10") == 1
    assert now.count("nps_score", queue="none", channel="phone") == 1
    assert now.within("nps_score", "0.0") == 1
    assert now.within("nps_score", "8.0") == 1
    assert now.within("nps_score", "9.0") == 2


def test_scales_are_kept_apart(evaluate: Evaluate) -> None:
    story = Story(
        evaluate,
        """
        09:00  s1  answered  kind=csat score=9 scale=1..10
        09:00  s2  answered  kind=csat score=3
        09:00  s3  answered  kind=ces  score=6.5
        """,
    )
    now = story.at("10:00")
    assert now.sum("csat_score", scale="1-10") == 9
    assert now.sum("csat_score", scale="1-5") == 3
    assert now.within("csat_score", "10.0", scale="1-10") == 1
    assert now.within("csat_score", "10.0", scale="1-5") == 0
    assert now.within("ces_score", "6.0", scale="1-7") == 0
    assert now.within("ces_score", "7.0", scale="1-7") == 1


def test_a_survey_is_its_subject_and_kind(evaluate: Evaluate) -> None:
    """One questionnaire with two kinds is two surveys; employees' answers carry a scale only."""
    story = Story(
        evaluate,
        """
        08:00  t1  created   queue=tech
        09:00  s1  answered  kind=csat score=5 ticket=t1
        09:00  s1  answered  kind=esat score=2 ticket=t1
        09:00  s1  answered  kind=csat score=3
        """,
    )
    now = story.at("10:00")
    assert now.value("surveys_answered", kind="csat") == 2
    assert now.value("surveys_answered", kind="esat") == 1
    assert now.sum("csat_score") == 8
    assert now.sum("esat_score", scale="1-5") == 2
    assert now.labels("esat_score_gcount", "scale") == {"1-5"}


def test_yes_is_the_top_of_the_scale(evaluate: Evaluate) -> None:
    story = Story(
        evaluate,
        """
        08:00  t1  created   queue=tech channel=web
        09:00  s1  answered  kind=fcr score=1 ticket=t1
        09:00  s2  answered  kind=fcr score=0 ticket=t1
        09:00  s3  answered  kind=fcr score=3 scale=1..3 ticket=t1
        09:00  s4  answered  kind=fcr score=2.999 scale=1..3 ticket=t1
        """,
    )
    now = story.at("10:00")
    assert now.value("fcr_survey_answers", queue="tech", channel="web") == 4
    assert now.value("fcr_survey_yes", queue="tech", channel="web") == 2


def test_a_survey_may_come_before_its_ticket(evaluate: Evaluate) -> None:
    """It counts once the ticket is there, under the values that it will have."""
    story = Story(
        evaluate,
        """
        08:00  s1  answered  kind=csat score=5 ticket=t1
        09:00  t1  created   queue=tech
        """,
    )
    assert story.at("08:30").count("csat_score") == 0
    assert story.at("09:00").count("csat_score", queue="tech") == 1
