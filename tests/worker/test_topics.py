"""Which topics there must be, and what is said when they are otherwise."""

import pytest

from schemas.settings import Kafka, Settings
from streams.worker.topics import Found, Topic, faults, missing, topics

EVENTS = Topic("helpdesk.tickets", 8, 1, compacted=False, options={})
CHANGELOG = Topic("helpdesk.deskpulse-changelog", 8, 1, compacted=True, options={})
GOOD = {EVENTS.name: Found(8, "delete"), CHANGELOG.name: Found(8, "compact")}


def test_topics_as_they_should_be() -> None:
    """Nothing is missing, nothing is wrong."""
    assert missing([EVENTS, CHANGELOG], GOOD) == []
    assert faults([EVENTS, CHANGELOG], GOOD) == []


def test_a_missing_topic_is_missing_and_not_wrong() -> None:
    """It can be created, so a worker waits for it."""
    found = {CHANGELOG.name: Found(8, "compact")}
    assert missing([EVENTS, CHANGELOG], found) == ["helpdesk.tickets"]
    assert faults([EVENTS, CHANGELOG], found) == []


@pytest.mark.parametrize(
    ("topic", "found", "said"),
    [
        (EVENTS, Found(6, "delete"), "helpdesk.tickets has 6 partitions, expected 8"),
        (EVENTS, Found(8, "compact"), "compaction would remove events"),
        (EVENTS, Found(8, "compact,delete"), "compaction would remove events"),
        (CHANGELOG, Found(8, "delete"), "retention would remove entities"),
        (CHANGELOG, Found(8, "compact,delete"), "retention would remove entities"),
    ],
)
def test_a_wrong_topic_is_named_with_the_cure(topic: Topic, found: Found, said: str) -> None:
    """Partitions and policies that would make numbers wrong."""
    [fault] = faults([topic], {topic.name: found})
    assert said in fault


def test_all_faults_are_told_at_once() -> None:
    """One start, one list."""
    found = {EVENTS.name: Found(6, "compact"), CHANGELOG.name: Found(6, "delete")}
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
