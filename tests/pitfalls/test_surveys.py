"""Mistakes with surveys."""

from tests.pitfalls.conftest import Tell


def test_pitfall_31_an_answer_that_is_changed_counts_once_on_its_own_scale(tell: Tell) -> None:
    """Every score has its bucket, so that who reads them decides what is good."""
    story = tell(
        """
        09:00  s1  answered  kind=csat score=1
        09:05  s1  answered  kind=csat score=3
        09:00  s2  answered  kind=csat score=3 scale=1..3
        """
    )
    now = story.at("10:00")
    assert [now.within("csat_score", f"{le}.0", scale="1-5") for le in range(1, 6)] == [
        0,
        0,
        1,
        1,
        1,
    ]
    assert now.sum("csat_score", scale="1-5") == 3
    assert now.count("csat_score", scale="1-3") == 1
    assert now.value("surveys_answered", kind="csat") == 2


def test_pitfall_32_who_was_asked_and_who_answered_are_the_same_surveys(tell: Tell) -> None:
    """Reminders do not count, nor surveys of tickets that do not."""
    story = tell(
        """
        09:00  t1  created
        09:10  s1  sent      ticket=t1 kind=csat
        09:20  s1  sent      ticket=t1 kind=csat
        09:30  s1  answered  ticket=t1 kind=csat score=5
        09:00  t2  created
        09:10  s2  sent      ticket=t2 kind=csat
        09:20  t2  spam
        09:10  s3  sent      ticket=t3 kind=csat
        09:10  s4  sent      kind=nps
        """
    )
    now = story.at("10:00")
    assert (
        now.value("surveys_sent", kind="csat") == now.value("surveys_answered", kind="csat") == 1
    )
    assert now.value("surveys_sent", kind="nps") == 1
