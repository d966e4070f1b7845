"""The topics: names, partitions, policies; what is wrong with them and how to create them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import TopicAuthorizationFailedError, for_code

from schemas.registry import TOPICS
from schemas.scalars import DAY, HOUR
from schemas.settings import Settings
from streams.worker.failure import Failure

# Our internal inputs: what tickets say about customers; events under their right keys.
CUSTOMERS: Final = "customers"
EVENTS: Final = "events"

MISSING: Final = 3
DENIED: Final = 29
EXISTS: Final = 36

MEGABYTE: Final = 1024 * 1024


@dataclass(frozen=True)
class Topic:
    """A topic as we want it. `compacted`: its cleanup policy has to be `compact`, else not."""

    name: str
    partitions: int
    replication: int
    compacted: bool
    options: Mapping[str, str]


@dataclass(frozen=True)
class Found:
    """A topic as it is on the broker."""

    partitions: int
    cleanup_policy: str


@dataclass(frozen=True)
class Topics:
    """The topics of one configuration.

    `inputs` are those that are read, by the names of the agents that read them: a shard is one
    partition of each.
    """

    inputs: Mapping[str, Topic]
    dead_letters: Topic
    changelog: Topic

    def __iter__(self) -> Iterator[Topic]:
        return iter((*self.inputs.values(), self.dead_letters, self.changelog))


def topics(settings: Settings) -> Topics:
    """Return the topics that `settings` ask for. All have the same number of partitions."""
    kafka = settings.kafka

    def topic(name: str, *, compacted: bool = False, **options: float | str) -> Topic:
        return Topic(
            kafka.topic_prefix + name,
            kafka.partitions,
            kafka.replication_factor,
            compacted,
            {key.replace("_", "."): str(value) for key, value in options.items()}
            | {"cleanup.policy": "compact" if compacted else "delete"},
        )

    internal = f"{kafka.group}-"
    inputs: dict[str, Topic] = {name: topic(name) for name in TOPICS}
    # Kept for longer than any worker should be away.
    if settings.keying == "repartition":
        inputs[EVENTS] = topic(internal + EVENTS, retention_ms=30 * DAY)
    inputs[CUSTOMERS] = topic(internal + CUSTOMERS, retention_ms=30 * DAY)
    return Topics(
        inputs=inputs,
        # A refused record has our headers on top of its own size.
        dead_letters=topic("dead-letters", max_message_bytes=2 * MEGABYTE),
        # Only closed segments are compacted: small and short-lived ones keep recovery quick.
        changelog=topic(
            internal + "changelog",
            compacted=True,
            max_message_bytes=8 * MEGABYTE,
            min_cleanable_dirty_ratio=0.1,
            segment_bytes=64 * MEGABYTE,
            segment_ms=HOUR,
        ),
    )


def missing(wanted: Iterable[Topic], found: Mapping[str, Found]) -> list[str]:
    """Return the names of the topics that do not exist."""
    return [topic.name for topic in wanted if topic.name not in found]


def faults(wanted: Iterable[Topic], found: Mapping[str, Found]) -> list[str]:
    """Return what is wrong with the topics that exist, a sentence each, with the cure."""
    return [
        fault
        for topic in wanted
        if topic.name in found
        for fault in _faults(topic, found[topic.name])
    ]


async def describe(admin: AIOKafkaAdminClient, names: Sequence[str]) -> dict[str, Found]:
    """Return those of the topics that exist. Raises KafkaError."""
    partitions = {
        info["topic"]: len(info["partitions"])
        for info in await admin.describe_topics(list(names))
        if info["error_code"] != MISSING and not _raised(info["error_code"], info["topic"])
    }
    if not partitions:
        return {}
    resources = [ConfigResource(ConfigResourceType.TOPIC, name) for name in partitions]
    return {
        resource[3]: Found(partitions[resource[3]], _cleanup_policy(resource[4]))
        for answer in await admin.describe_configs(resources)
        for resource in answer.resources
        if not _raised(resource[0], resource[3])
    }


async def create(admin: AIOKafkaAdminClient, wanted: Iterable[Topic]) -> list[str]:
    """Create the topics that do not exist and return their names.

    Raises KafkaError if the right is missing, Failure with every other refusal at once.
    """
    answer = await admin.create_topics(
        [
            NewTopic(topic.name, topic.partitions, topic.replication, topic_configs=topic.options)
            for topic in wanted
        ]
    )
    if denied := {name for name, code, _ in answer.topic_errors if code == DENIED}:
        raise TopicAuthorizationFailedError(denied)
    refused = [
        f"{name}: {message or for_code(code).__name__}"
        for name, code, message in answer.topic_errors
        if code not in (0, EXISTS)
    ]
    if refused:
        raise Failure("Topics that cannot be created:\n  " + "\n  ".join(refused))
    return [name for name, code, _ in answer.topic_errors if code == 0]


def _faults(topic: Topic, found: Found) -> Iterable[str]:
    if found.partitions != topic.partitions:
        yield (
            f"{topic.name} has {found.partitions} partitions, expected {topic.partitions}: set "
            f"kafka.partitions to {found.partitions} if all topics have that many, else create "
            "the topic anew. Partitions cannot be added later: entities would move."
        )
    compacted = "compact" in found.cleanup_policy.split(",")
    if compacted and not topic.compacted:
        yield (
            f"{topic.name} has cleanup.policy={found.cleanup_policy}, expected delete: "
            "compaction would remove events."
        )
    if topic.compacted and found.cleanup_policy != "compact":
        yield (
            f"{topic.name} has cleanup.policy={found.cleanup_policy}, expected compact: "
            "retention would remove entities."
        )


def _cleanup_policy(entries: Iterable[Sequence[Any]]) -> str:
    return next((str(entry[1]) for entry in entries if entry[0] == "cleanup.policy"), "delete")


def _raised(code: int, name: str) -> bool:
    """Raise the error of an answer about a topic, if there is one."""
    if code:
        raise for_code(code)(name)
    return False
