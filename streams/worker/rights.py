"""What Kafka has to allow: the rights of a worker, of `topics create` and of `send`, no more."""

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from schemas.registry import TOPICS
from schemas.settings import Kafka, Settings
from streams.worker.topics import CUSTOMERS, EVENTS, topics


class Right(NamedTuple):
    """A right on a resource, in Kafka's words; `prefixed`: on all whose names begin so.

    Whoever may read or write may describe too.
    """

    operation: str
    resource: str
    name: str
    prefixed: bool = False


WORKER: Final = "a worker"
CREATE: Final = '"topics create"'
SEND: Final = '"send"'


def rights(settings: Settings) -> Mapping[str, Sequence[Right]]:
    """Return the rights that each program needs, by what it is called in messages."""
    group = settings.kafka.group
    wanted = topics(settings)
    names = [topic.name for topic in wanted]
    read = [topic.name for topic in (*wanted.inputs.values(), wanted.changelog)]
    internal = [wanted.inputs[name].name for name in (EVENTS, CUSTOMERS) if name in wanted.inputs]
    written = [*internal, wanted.changelog.name, wanted.dead_letters.name]
    sent = [wanted.inputs[name].name for name in TOPICS]
    return {
        WORKER: [
            *(Right("Read", "topic", name) for name in read),
            *(Right("Write", "topic", name) for name in written),
            *(Right("DescribeConfigs", "topic", name) for name in names),
            Right("Read", "group", group),
            Right("Write", "transactional id", f"{group}-", prefixed=True),
        ],
        CREATE: [
            Right(operation, "topic", name)
            for operation in ("Create", "Describe", "DescribeConfigs")
            for name in names
        ],
        SEND: [Right("Write", "topic", name) for name in sent],
    }


def needed(kafka: Kafka, resource: str, name: str) -> str:
    """Return in words what each program needs on a resource, "" if none needs anything there."""
    every = rights(Settings(kafka=kafka, keying="repartition"))
    found = {
        who: [
            right.operation
            for right in needs
            if right.resource == resource
            and (name.startswith(right.name) if right.prefixed else name == right.name)
        ]
        for who, needs in every.items()
    }
    return "; ".join(
        f"{who} {', '.join(operations)}" for who, operations in found.items() if operations
    )
