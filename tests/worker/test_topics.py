"""Which topics there must be, and what is said when they are otherwise."""

import pytest

from schemas.policy import Policy
from schemas.scalars import DAY
from schemas.settings import Kafka, Settings
from streams.worker.topics import Found, Topic, faults, missing, notes, topics

YEAR = {"retention.ms": str(400 * DAY)}
EVENTS = Topic("helpdesk.tickets", 8, 3, compacted=False, options=YEAR)
CHANGELOG = Topic("helpdesk.deskpulse-changelog", 8, 3, compacted=True, options={})


def found_as(
    partitions: int = 8, policy: str = "delete", *, copies: int = 3, retention: int | None = None
) -> Found:
    """Return a topic as it is on the broker."""
    return Found(partitions, copies, policy, retention)


GOOD = {EVENTS.name: found_as(), CHANGELOG.name: found_as(policy="compact")}


def test_topics_as_they_should_be() -> None:
    """Nothing is missing, nothing is wrong."""
    assert missing([EVENTS, CHANGELOG], GOOD) == []
    assert faults([EVENTS, CHANGELOG], GOOD) == []
    assert notes([EVENTS, CHANGELOG], GOOD) == []


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (
            found_as(copies=1),
            "has replication factor 1, kafka.replication_factor is 3",
        ),
        (found_as(retention=7 * DAY), "keeps records for 7d, 400d are advised"),
    ],
)
def test_what_would_not_survive_a_loss_is_noted_and_no_fault(found: Found, said: str) -> None:
    """A worker works with it."""
    [note] = notes([EVENTS], {EVENTS.name: found})
    assert said in note
    assert faults([EVENTS], {EVENTS.name: found}) == []


def test_topics_are_made_to_compute_all_history_again() -> None:
    """Inputs reach back to the horizon, and one copy of three may be lost."""
    wanted = topics(Settings(kafka=Kafka(replication_factor=3), policy=Policy(horizon=90 * DAY)))
    assert wanted.inputs["tickets"].options["retention.ms"] == str(90 * DAY)
    assert "retention.ms" not in wanted.changelog.options
    assert {topic.options["min.insync.replicas"] for topic in wanted} == {"2"}
    alone = topics(Settings())
    assert {topic.options["min.insync.replicas"] for topic in alone} == {"1"}


def test_a_missing_topic_is_missing_and_not_wrong() -> None:
    """It can be created, so a worker waits for it."""
    found = {CHANGELOG.name: found_as(policy="compact")}
    assert missing([EVENTS, CHANGELOG], found) == ["helpdesk.tickets"]
    assert faults([EVENTS, CHANGELOG], found) == []


@pytest.mark.parametrize(
    ("topic", "found", "said"),
    [
        (EVENTS, found_as(6, "delete"), "helpdesk.tickets has 6 partitions, expected 8"),
        (EVENTS, found_as(8, "compact"), "compaction would remove events"),
        (EVENTS, found_as(8, "compact,delete"), "compaction would remove events"),
        (CHANGELOG, found_as(8, "delete"), "retention would remove entities"),
        (CHANGELOG, found_as(8, "compact,delete"), "retention would remove entities"),
    ],
)
def test_a_wrong_topic_is_named_with_the_cure(topic: Topic, found: Found, said: str) -> None:
    """Partitions and policies that would make numbers wrong."""
    [fault] = faults([topic], {topic.name: found})
    assert said in fault


def test_all_faults_are_told_at_once() -> None:
    """One start, one list."""
    found = {EVENTS.name: found_as(6, "compact"), CHANGELOG.name: found_as(6, "delete")}
    assert len(faults([EVENTS, CHANGELOG], found)) == 4


def test_a_shard_reads_all_events_and_what_tickets_say_about_customers() -> None:
    """Dead letters and the changelog are no inputs, but they are needed."""
    found = topics(Settings(kafka=Kafka(group="g", topic_prefix="p.", partitions=3)))
    assert list(found.inputs) == ["tickets", "surveys", "calls", "business", "customers"]
    names = {topic.name for topic in found}
    assert names == {
        *("p.tickets", "p.surveys", "p.calls", "p.business"),
        *("p.g-customers", "p.g-changelog", "p.dead-letters"),
    }
    assert {topic.partitions for topic in found} == {3}
    assert [topic.name for topic in found if topic.compacted] == ["p.g-changelog"]


def test_keying_by_repartition_has_one_more_input() -> None:
    """Events come back under their right keys."""
    found = topics(Settings(keying="repartition"))
    assert found.inputs["events"].name == "helpdesk.deskpulse-events"
