"""Which events count, and how often."""

import json

from schemas.policy import Policy
from tests.json_lines import to_json
from tests.oracle import Counts, counts
from tests.story import Evaluate, Story

FIRST = "first_response_time_seconds"


def test_the_same_identity_again_changes_nothing(evaluate: Evaluate) -> None:
    """The same id of another source is another event."""
    story = Story(
        evaluate,
        """
        09:00  t1  created
        09:10  t1  reply  ann  @id=7
        09:10  t1  reply  ann  @id=7
        09:20  t1  reply  ann  @id=7 @source=/mail
        09:30  t1  solved
        """,
    )
    assert story.at("10:00").sum("replies_to_resolution") == 2


def test_of_two_contents_the_earlier_one_wins(evaluate: Evaluate) -> None:
    """Even where the later one is all that is known at the time of the other."""
    story = Story(
        evaluate,
        """
        09:00  t1  created
        09:10  t1  reply  ann  @id=7
        09:05  t1  reply  ann  @id=7
        """,
    )
    now = story.at("10:00")
    assert (now.count(FIRST), now.sum(FIRST)) == (1, 300)


def test_of_two_contents_at_one_time_the_smaller_wins(evaluate: Evaluate) -> None:
    """By type, subject, sequence, then the data: agent < customer, message < status."""
    story = Story(
        evaluate,
        """
        09:00  t1  created   via=system
        09:10  t1  writes    @id=7
        09:10  t1  reply     @id=7
        09:20  t1  solved    @id=8
        09:20  t1  writes    @id=8
        09:30  t1  reply     @id=9 @sequence=2
        09:30  t1  writes    @id=9 @sequence=1
        """,
    )
    now = story.at("10:00")
    assert (now.count(FIRST), now.sum(FIRST)) == (1, 600)
    assert now.level("tickets_unresolved") == 1
    assert now.level("oldest_waiting_timestamp_seconds") == 1780304400 + 20 * 60


def test_the_same_identity_in_two_entities_is_two_events(evaluate: Evaluate) -> None:
    story = Story(
        evaluate,
        """
        09:00  t1  created  @id=7
        09:00  t2  created  @id=7
        """,
    )
    assert story.at("10:00").value("tickets_opened") == 2


def test_excluded_tickets_leave_every_number(evaluate: Evaluate) -> None:
    """Their past and their surveys too; what is restored last is back. (Pitfalls 28, 29.)"""
    story = Story(
        evaluate,
        """
        09:00  spam    created   customer=cora
        09:05  spam    reply     ann
        09:10  spam    solved
        09:20  s1      answered  kind=csat score=5 ticket=spam
        09:00  merged  created   customer=cora
        09:05  merged  reply     ann
        09:00  back    created   customer=cora
        09:05  back    reply     ann
        09:30  spam    spam
        09:30  merged  merged    into=back
        09:30  back    deleted
        09:40  back    restored
        """,
    )
    assert story.at("09:29").value("tickets_opened") == 3
    assert story.at("09:35").families() == set()
    now = story.at("10:00")
    assert now.value("tickets_opened") == 1
    assert now.count(FIRST) == 1
    assert now.value("contacts") == 1
    assert now.value("tickets_resolved") == 0
    assert now.count("csat_score") == now.value("surveys_answered") == 0
    assert now.level("tickets_unresolved") == 1


def test_a_merge_after_a_restore_excludes_again(evaluate: Evaluate) -> None:
    story = Story(
        evaluate,
        """
        09:00  t1  created
        09:10  t1  spam
        09:20  t1  restored
        09:30  t1  merged    into=t2
        """,
    )
    assert story.at("09:25").value("tickets_opened") == 1
    assert story.at("10:00").value("tickets_opened") == 0


def test_lines_are_applied_duplicate_or_rejected(evaluate: Evaluate) -> None:
    """Distinct valid identities, further valid copies, and what is refused by reason."""
    story = Story(
        evaluate,
        """
        09:00  t1  created  @id=1
        09:00  t1  created  @id=1
        08:00  t1  created  @id=1
        09:00  t2  created  @id=1
        """,
        Policy(),
    )
    lines = [to_json(event).encode() for event in story.events]
    bad = json.loads(lines[0]) | {"type": "helpdesk.ticket.exploded"}
    lines += [b"no json", json.dumps(bad).encode()]
    found = counts(lines)
    assert found == Counts(2, 2, {"invalid_json": 1, "unknown_type": 1})
