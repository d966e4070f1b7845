"""JSON Schema of events and settings, AsyncAPI of the topics: all made from the types.

A schema accepts what the readers accept, as far as JSON Schema can say it. It cannot say that
one member has to fit another (`from` before `to`, a score within a scale that is given), that an
integer may not be written 5.0, or that a name exists (a date, a time zone, a calendar).
"""

import json
from typing import Any, Final, get_args

import msgspec

from schemas.events import DEFAULT_SCALES, EVENTS, Event, SurveyAnsweredData
from schemas.expectation import SCALARS
from schemas.registry import DATA_OF, FAMILY_OF, KEYED_BY, TOPICS, type_of
from schemas.rejected import Reason
from schemas.scalars import (
    DECIMALS_MAX,
    NUMBER_LIMIT,
    Amount,
    Day,
    Milliseconds,
    Seconds,
    Thousandths,
)
from schemas.settings import FILE, plain
from schemas.settings_tree import Path, variable
from schemas.shapes import Block, Either, Key, Listing, Scalar, Shape, Table

Document = dict[str, Any]

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
# Of the events, after semantic versioning; not that of the program.
CONTRACT_VERSION: Final = "1.0.0"
PREFIX: Final = "helpdesk."
CONTENT_TYPE: Final = "application/cloudevents+json"

TIME_PATTERN: Final = (
    r"^(?!0000)[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])[Tt]([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]+)?"
    r"([Zz]|[+-]([01][0-9]|2[0-3]):[0-5][0-9])$"
)
SCALAR_SCHEMAS: Final[dict[type, Document]] = {
    Milliseconds: {"type": "string", "format": "date-time", "pattern": TIME_PATTERN},
    Thousandths: {"type": "number"},
    Seconds: {"type": "number", "minimum": 0, "exclusiveMaximum": NUMBER_LIMIT},
    Amount: {
        "anyOf": [
            {"type": "number", "minimum": 0, "exclusiveMaximum": NUMBER_LIMIT},
            {
                "type": "string",
                "pattern": rf"^0*[0-9]{{1,12}}(\.[0-9]{{1,{DECIMALS_MAX}}})?$",
            },
        ]
    },
    Day: {
        "type": "string",
        "format": "date",
        "pattern": r"^(?!0000)[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$",
    },
}


def documents() -> dict[str, Document]:
    """Return every document by the name of its file."""
    return {
        "events.schema.json": events_schema(),
        **{f"{type_of(event)}.schema.json": event_schema(event) for event in EVENTS},
        "settings.schema.json": settings_schema(),
        "asyncapi.json": asyncapi(),
    }


def text(document: Document) -> str:
    """Return a document as JSON for people, with a line feed at its end."""
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def events_schema() -> Document:
    """Return the JSON Schema of all events."""
    references, components = event_components(EVENTS, "#/$defs/{name}")
    return {
        "$schema": DIALECT,
        "$id": "urn:deskpulse:events",
        "title": "Events of a helpdesk",
        "description": "CloudEvents 1.0 in JSON, one of these types.",
        "oneOf": list(references),
        "$defs": components,
    }


def event_schema(event: type[Event]) -> Document:
    """Return the JSON Schema of one type of event."""
    (reference,), components = event_components((event,), "#/$defs/{name}")
    return {
        "$schema": DIALECT,
        "$id": f"urn:deskpulse:events:{type_of(event)}",
        **reference,
        "$defs": components,
    }


def event_components(
    events: tuple[type[Event], ...], template: str
) -> tuple[tuple[Document, ...], dict[str, Document]]:
    """Return references to the schemas of events, and the schemas by name."""
    references, components = msgspec.json.schema_components(
        events, schema_hook=scalar_schema, ref_template=template
    )
    for event in events:
        components[event.__name__]["description"] = summary(event)
    if SurveyAnsweredData.__name__ in components:
        components[SurveyAnsweredData.__name__]["allOf"] = default_scale_rules()
    for component in components.values():
        if "description" in component:
            component["description"] = " ".join(component["description"].split())
    return references, components


def scalar_schema(kind: type) -> Document:
    """Return the schema of one of our scalars."""
    return {"description": SCALARS[kind].text, **SCALAR_SCHEMAS[kind]}


def summary(event: type[Event]) -> str:
    """Return what a type of event says: the first line about its data."""
    return (DATA_OF[event].__doc__ or "").partition("\n")[0]


def default_scale_rules() -> list[Document]:
    """Return the rules for scores without a scale; they are floored to thousandths first."""
    return [
        {
            "if": {"properties": {"kind": {"const": kind}, "scale": {"type": "null"}}},
            "then": {"properties": {"score": {"minimum": low, "exclusiveMaximum": high + 0.001}}},
        }
        for kind, (low, high) in DEFAULT_SCALES.items()
    ]


def settings_schema() -> Document:
    """Return the JSON Schema of the file of settings."""
    return {
        "$schema": DIALECT,
        "$id": "urn:deskpulse:settings",
        "title": "Settings of Deskpulse",
        "description": "Every key has a default. A variable of the environment goes before it.",
        **shape_schema(FILE, ()),
    }


def shape_schema(shape: Shape, path: Path | None) -> Document:
    """Return the schema of a part of the settings; `path` None: no variable leads into it."""
    match shape:
        case Scalar(form=form):
            return {"description": form.expected, **form.schema}
        case Listing(item=item, alone=alone):
            items = shape_schema(item, None)
            several = {"type": "array", "items": items}
            return {"anyOf": [items, several]} if alone else several
        case Table(key=key, value=value):
            names = {name: rule for name, rule in key.schema.items() if name != "type"}
            return {
                "type": "object",
                "propertyNames": names,
                "additionalProperties": shape_schema(value, None),
            }
        case Either(scalar=scalar, table=table):
            return {"anyOf": [shape_schema(scalar, None), shape_schema(table, None)]}
        case Block(keys=keys):
            return {
                "type": "object",
                "properties": {key.name: key_schema(key, path) for key in keys},
                "required": [key.name for key in keys if key.required],
                "additionalProperties": False,
            }


def key_schema(key: Key, above: Path | None) -> Document:
    """Return the schema of a key; null stands for its default."""
    path = None if above is None else (*above, key.name)
    schema = shape_schema(key.shape, path)
    document: Document = {"description": key.sentence}
    if isinstance(key.shape, Scalar) and key.shape.form.secret:
        document["type"] = "null"  # only the environment holds it
    else:
        document |= {"allOf": [schema]} if key.required else {"anyOf": [schema, {"type": "null"}]}
    if key.default is not None:
        document["default"] = plain(key.shape, key.default)
    if path is not None and not isinstance(key.shape, Block):
        document["x-environment"] = variable(path)
    return document


def asyncapi() -> Document:
    """Return the topics and their messages as AsyncAPI 3.0."""
    _, components = event_components(EVENTS, "#/components/schemas/{name}")
    names = {
        topic: [event.__name__ for event in EVENTS if FAMILY_OF[event][1] == topic]
        for topic in TOPICS
    }
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Deskpulse",
            "version": CONTRACT_VERSION,
            "description": "What Deskpulse reads from Kafka, and the dead letters that it writes. "
            'The topics\' prefix "helpdesk." is a setting. Events come in either CloudEvents '
            "binding, structured or binary.",
        },
        "defaultContentType": CONTENT_TYPE,
        "channels": {
            **{topic: channel(topic, names[topic]) for topic in TOPICS},
            "deadLetters": dead_letters(),
        },
        "operations": {
            **{f"receive{topic.title()}": operation("receive", topic) for topic in TOPICS},
            "sendDeadLetters": operation("send", "deadLetters"),
        },
        "components": {
            "messages": {event.__name__: message(event) for event in EVENTS},
            "schemas": components,
        },
    }


def channel(topic: str, names: list[str]) -> Document:
    """Return a topic and its messages."""
    return {
        "address": PREFIX + topic,
        "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in names},
        "bindings": {"kafka": {"topic": PREFIX + topic}},
    }


def operation(action: str, name: str) -> Document:
    """Return that we receive or send what is in a channel."""
    return {"action": action, "channel": {"$ref": f"#/channels/{name}"}}


def message(event: type[Event]) -> Document:
    """Return a message: its payload, and the key of its record."""
    member = KEYED_BY.get(event)
    key = "subject" if member is None else f"data.{member}, or subject if that is absent"
    if member is not None and member in required(event):
        key = f"data.{member}"
    return {
        "name": type_of(event),
        "title": event.__name__,
        "summary": summary(event),
        "contentType": CONTENT_TYPE,
        "payload": {"$ref": f"#/components/schemas/{event.__name__}"},
        "bindings": {"kafka": {"key": {"type": "string", "description": key}}},
    }


def required(event: type[Event]) -> set[str]:
    """Return the members of data that an event must have."""
    return {f.encode_name for f in msgspec.structs.fields(DATA_OF[event]) if f.required}


def dead_letters() -> Document:
    """Return the topic of the records that were refused."""
    whole = {"type": "string", "pattern": "^[0-9]+$"}
    return {
        "address": f"{PREFIX}dead-letters",
        "messages": {
            "DeadLetter": {
                "summary": "A record that was refused: key and value as they came.",
                "headers": {
                    "type": "object",
                    "properties": {
                        "reason": {"enum": list(get_args(Reason))},
                        "message": {"type": "string"},
                        "topic": {"type": "string"},
                        "partition": whole,
                        "offset": whole,
                    },
                    "required": ["reason", "message", "topic", "partition", "offset"],
                },
                "payload": {},
            }
        },
        "bindings": {"kafka": {"topic": f"{PREFIX}dead-letters"}},
    }
