"""Mistakes with service levels."""

from schemas.policy import Policy, SlaPolicy, SlaTargets
from schemas.scalars import HOUR, MINUTE
from tests.pitfalls.conftest import Tell


def level(**targets: int) -> Policy:
    return Policy(sla=(SlaPolicy(id="all", targets=SlaTargets(**targets)),))


def test_pitfall_20_a_policy_holds_for_the_tickets_of_its_time(tell: Tell) -> None:
    """What was judged stands when a stricter policy takes over; changes apply from then on."""
    june = 1_780_272_000_000
    policy = Policy(
        sla=(
            SlaPolicy(id="2025", targets=SlaTargets(first_response=HOUR), effective_to=june),
            SlaPolicy(id="2026", targets=SlaTargets(first_response=MINUTE), effective_from=june),
        )
    )
    story = tell("-1 23:50 t1 created\n00:20 t1 reply\n00:00 t2 created\n00:20 t2 reply", policy)
    now = story.at("01:00")
    assert now.value("sla_evaluated", sla="2025") == 1
    assert now.value("sla_breached", sla="2025") == 0
    assert now.value("sla_breached", sla="2026") == now.value("sla_evaluated", sla="2026") == 1


def test_pitfall_21_a_breach_between_two_looks_is_a_breach(tell: Tell) -> None:
    """A reply a millisecond late, whoever looks when; dated at the deadline."""
    story = tell(
        "09:00 t1 created\n10:00:00.001 t1 reply\n09:00 t2 created\n10:00 t2 reply",
        level(first_response=HOUR),
    )
    now = story.at("23:00")
    assert (now.value("sla_evaluated"), now.value("sla_breached")) == (2, 1)
    assert story.at("10:00").value("sla_breached", window="5m") == 1
    assert story.at("10:05").value("sla_breached", window="5m") == 0


def test_pitfall_22_a_target_is_judged_once_and_not_before_its_time(tell: Tell) -> None:
    """Running is neither met nor breached; a late reply does not meet what was breached."""
    story = tell(
        """
        09:00  t1  created
        09:05  t1  reply
        09:10  t1  writes
        10:30  t1  reply
        10:45  t1  writes
        """,
        level(next_reply=HOUR),
    )
    assert story.at("10:00").value("sla_evaluated") == 0
    for when in ("10:10", "10:30", "11:00"):
        now = story.at(when)
        assert (now.value("sla_evaluated"), now.value("sla_breached")) == (1, 1)
    assert story.at("11:00").level("sla_running") == 1
    assert "helpdesk_rolling_sla_evaluated" not in story.at("09:59").families()


def test_pitfall_23_durations_are_of_all_tickets(tell: Tell) -> None:
    """Not only of those that met their target."""
    story = tell(
        "09:00 t1 created\n09:10 t1 reply\n09:00 t2 created\n12:00 t2 reply",
        level(first_response=HOUR),
    )
    now = story.at("13:00")
    assert now.count("first_response_time_seconds") == 2
    assert now.sum("first_response_time_seconds") == 600 + 3 * 3600


def test_pitfall_24_an_old_ticket_that_is_reopened_has_what_it_had_left(tell: Tell) -> None:
    """Its resolved weeks use up nothing."""
    story = tell("09:00 t1 created\n09:40 t1 solved\n+20 09:00 t1 open", level(resolution=HOUR))
    assert story.at("+20 09:19:59").level("sla_running") == 1
    assert story.at("+20 09:19:59").value("sla_breached", window="30d") == 0
    assert story.at("+20 09:20").value("sla_breached") == 1
    assert story.at("+1 00:00").value("sla_evaluated") == 1
    assert story.at("+20 09:10").value("sla_evaluated", window="30d") == 0


def test_pitfall_25_targets_do_not_disturb_each_other(tell: Tell) -> None:
    """An update of the ticket, or of its next reply, leaves the first response alone."""
    story = tell(
        """
        09:00  t1  created
        09:10  t1  updated  topic=refund
        09:20  t1  writes
        09:30  t1  reply
        09:40  t1  writes
        """,
        level(first_response=HOUR, next_reply=2 * HOUR),
    )
    now = story.at("10:30")
    assert now.value("sla_evaluated", target="first_response") == 1
    assert now.value("sla_breached") == 0
    assert now.level("sla_running", target="next_reply") == 1
    assert now.level("sla_running", target="first_response") == 0
