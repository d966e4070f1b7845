"""Events as the JSON lines that a recording holds."""

import json

from schemas.events import Event
from schemas.scalars import EPOCH, MILLISECOND
from tests.oracle.selection import canonical_data, event_type


def to_json(event: Event) -> str:
    """Return an event as one CloudEvent in structured JSON."""
    time = (EPOCH + event.time * MILLISECOND).isoformat(timespec="milliseconds")
    envelope = {
        "specversion": event.specversion,
        "id": event.id,
        "source": event.source,
        "type": event_type(event),
        "time": time.replace("+00:00", "Z"),
        "subject": event.subject,
        "data": json.loads(canonical_data(event.data)),
    }
    if event.sequence is not None:
        envelope["sequence"] = event.sequence
    return json.dumps(envelope, ensure_ascii=False)
