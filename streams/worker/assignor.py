"""How the partitions are shared out, and who may share them."""

from aiokafka.coordinator.assignors.range import RangePartitionAssignor

from schemas.settings import Settings


def assignor(settings: Settings, *, customers: bool) -> type[RangePartitionAssignor]:
    """Return the assignor of a worker; `customers`: some KPI counts what customers do.

    Each topic is divided alike, so whoever gets a number of one topic gets it of all. Kafka lets
    only those into a group who share the name of an assignor. So the name says what workers of a
    group must agree on: what is written to our own topics, and whether anybody listens. While
    one worker tells customers' partitions something and another one passes it over, it is lost.
    """
    told = "customers" if customers else "no-customers"
    name = f"deskpulse-{settings.keying}-{told}"
    return type("Assignor", (RangePartitionAssignor,), {"name": name})
