"""The topics: names, partitions, policies; what is wrong with them and how to create them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import TopicAuthorizationFailedError, for_code

from schemas.duration import written
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
# Longer than all workers should ever be away: what is unread by then is lost.
AWAY_MAX: Final = 30 * DAY
# Refused events may hold personal data, so they are not kept for ever.
MENDED_WITHIN: Final = 30 * DAY


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
    """A topic as it is on the broker; `retention` in milliseconds, None if there is no limit."""

    partitions: int
    replication: int
    cleanup_policy: str
    retention: int | None


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
        options["cleanup_policy"] = "compact" if compacted else "delete"
        # All that is acknowledged outlives the loss of one copy.
        options["min_insync_replicas"] = max(1, kafka.replication_factor - 1)
        return Topic(
            kafka.topic_prefix + name,
            kafka.partitions,
            kafka.replication_factor,
            compacted,
            {key.replace("_", "."): str(value) for key, value in options.items()},
        )

    internal = f"{kafka.group}-"
    # All history that counts can be computed again from the inputs.
    horizon = settings.policy.horizon
    inputs: dict[str, Topic] = {name: topic(name, retention_ms=horizon) for name in TOPICS}
    if settings.keying == "repartition":
        inputs[EVENTS] = topic(internal + EVENTS, retention_ms=AWAY_MAX)
    inputs[CUSTOMERS] = topic(internal + CUSTOMERS, retention_ms=AWAY_MAX)
    return Topics(
        inputs=inputs,
        # A refused record has our headers on top of its own size.
        dead_letters=topic(
            "dead-letters", max_message_bytes=2 * MEGABYTE, retention_ms=MENDED_WITHIN
        ),
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


def notes(wanted: Iterable[Topic], found: Mapping[str, Found]) -> list[str]:
    """Return what numbers survive but may not survive a loss, a sentence each."""
    return [
        note
        for topic in wanted
        if topic.name in found
        for note in _notes(topic, found[topic.name])
    ]


async def describe(admin: AIOKafkaAdminClient, names: Sequence[str]) -> dict[str, Found]:
    """Return those of the topics that exist. Raises KafkaError."""
    partitions = {
        info["topic"]: info["partitions"]
        for info in await admin.describe_topics(list(names))
        if info["error_code"] != MISSING and not _raised(info["error_code"], info["topic"])
    }
    if not partitions:
        return {}
    resources = [ConfigResource(ConfigResourceType.TOPIC, name) for name in partitions]
    return {
        resource[3]: _found(partitions[resource[3]], resource[4])
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
            f"kafka.partitions to {found.partitions} if all topics have had that many from the "
            "start, else create the topic anew. If some were added to a topic in use, its events "
            "lie in two places: give all inputs as many, and recompute with keying = repartition "
            "under a new kafka.group."
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


def _notes(topic: Topic, found: Found) -> Iterable[str]:
    if found.replication < topic.replication:
        yield (
            f"{topic.name} has replication factor {found.replication}, "
            f"kafka.replication_factor is {topic.replication}."
        )
    wanted = int(topic.options.get("retention.ms", 0))
    if found.retention is not None and found.retention < wanted:
        yield (
            f"{topic.name} keeps records for {written(found.retention)}, {written(wanted)} are "
            "advised: what is gone cannot be computed again."
        )


def _found(partitions: Sequence[Mapping[str, Any]], entries: Iterable[Sequence[Any]]) -> Found:
    options = {entry[0]: entry[1] for entry in entries}
    retention = int(options.get("retention.ms", -1))
    return Found(
        partitions=len(partitions),
        replication=min(len(partition["replicas"]) for partition in partitions),
        cleanup_policy=str(options.get("cleanup.policy", "delete")),
        retention=None if retention < 0 else retention,
    )


def _raised(code: int, name: str) -> bool:
    """Raise the error of an answer about a topic, if there is one."""
    if code:
        raise for_code(code)(name)
    return False
