"""The form of the objects of Prometheus' operator, as far as Deskpulse uses them.

Rules and expressions are promtool's to judge.
"""

from typing import Any, Final

TEXT: Final[dict[str, Any]] = {"type": "string", "minLength": 1}
DURATION: Final = {"type": "string", "pattern": r"^\d+(ms|s|m|h|d|w|y)$"}
TEXTS: Final = {"type": "object", "additionalProperties": {"type": "string"}}
LIMIT: Final = {"type": "integer", "minimum": 1}


def record(required: dict[str, Any], optional: dict[str, Any] | None = None) -> dict[str, Any]:
    """Return the schema of an object with these members and no other."""
    return {
        "type": "object",
        "properties": required | (optional or {}),
        "required": list(required),
        "additionalProperties": False,
    }


def listing(item: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of a list that is not empty."""
    return {"type": "array", "items": item, "minItems": 1}


def kind(name: str, spec: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of a custom object."""
    metadata = record({"name": TEXT}, {"namespace": TEXT, "labels": TEXTS, "annotations": TEXTS})
    head = {"apiVersion": {"const": "monitoring.coreos.com/v1"}, "kind": {"const": name}}
    return record({**head, "metadata": metadata, "spec": spec})


# A key of a Secret or ConfigMap.
KEY: Final = record({"name": TEXT, "key": TEXT}, {"optional": {"type": "boolean"}})
RELABELING: Final = record(
    {"targetLabel": TEXT, "sourceLabels": listing(TEXT)},
    {"regex": TEXT, "replacement": TEXT, "separator": TEXT, "action": TEXT},
)
ENDPOINT: Final = record(
    {"port": TEXT, "interval": DURATION, "scrapeTimeout": DURATION},
    {
        "path": TEXT,
        "scheme": {"enum": ["http", "https"]},
        "basicAuth": record({"username": KEY, "password": KEY}),
        "tlsConfig": record(
            {}, {"ca": record({}, {"secret": KEY, "configMap": KEY}), "serverName": TEXT}
        ),
        "relabelings": listing(RELABELING),
        "metricRelabelings": listing(RELABELING),
    },
)
RULE: Final = {
    "oneOf": [
        record({"record": TEXT, "expr": TEXT}, {"labels": TEXTS}),
        record(
            {"alert": TEXT, "expr": TEXT},
            {"for": DURATION, "keep_firing_for": DURATION, "labels": TEXTS, "annotations": TEXTS},
        ),
    ]
}

SCHEMAS: Final = {
    "ServiceMonitor": kind(
        "ServiceMonitor",
        record(
            {"selector": record({"matchLabels": TEXTS}), "endpoints": listing(ENDPOINT)},
            {"jobLabel": TEXT, "sampleLimit": LIMIT, "labelValueLengthLimit": LIMIT},
        ),
    ),
    "PrometheusRule": kind(
        "PrometheusRule",
        record(
            {
                "groups": listing(
                    record({"name": TEXT, "rules": listing(RULE)}, {"interval": DURATION})
                )
            }
        ),
    ),
}
