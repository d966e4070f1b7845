"""The generated documents are fresh, well formed and whole."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from jsonschema import Draft202012Validator

from schemas.documents import asyncapi, documents, event_schema, text
from schemas.events import EVENTS
from schemas.registry import type_of
from tests.schemas.examples import EVERY

DOCUMENTS: Final = documents()
FOLDER: Final = Path(__file__).parents[2] / "docs" / "reference" / "schemas"


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_checked_in_document_is_fresh(name: str) -> None:
    """`deskpulse schema --directory docs/reference/schemas` writes them anew."""
    assert (FOLDER / name).read_text("utf-8") == text(DOCUMENTS[name])


def test_no_other_document_lies_there() -> None:
    assert {file.name for file in FOLDER.iterdir()} == set(DOCUMENTS)


@pytest.mark.parametrize("name", [name for name in DOCUMENTS if name.endswith("schema.json")])
def test_a_schema_is_a_schema(name: str) -> None:
    Draft202012Validator.check_schema(DOCUMENTS[name])


@pytest.mark.parametrize("event", EVENTS, ids=type_of)
def test_the_schema_of_a_type_accepts_that_type_alone(event: Any) -> None:
    schema = Draft202012Validator(event_schema(event))
    for example in EVERY:
        assert schema.is_valid(example) == (example["type"] == type_of(event))


def references(part: object) -> Iterator[str]:
    if isinstance(part, dict):
        if "$ref" in part:
            yield part["$ref"]
        for inner in part.values():
            yield from references(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from references(inner)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_references_lead_somewhere(name: str) -> None:
    document = DOCUMENTS[name]
    for reference in references(document):
        part = document
        for step in reference.removeprefix("#/").split("/"):
            part = part[step]


def test_asyncapi_has_every_event_in_one_topic() -> None:
    document = asyncapi()
    named = [name for channel in document["channels"].values() for name in channel["messages"]]
    assert sorted(named) == sorted(["DeadLetter", *(event.__name__ for event in EVENTS)])
    messages = document["components"]["messages"]
    keys = {m["name"]: m["bindings"]["kafka"]["key"]["description"] for m in messages.values()}
    assert keys["helpdesk.ticket.created"] == "subject"
    assert keys["helpdesk.call.ended"] == "data.customer"
    assert keys["helpdesk.call.abandoned"] == "data.customer, or subject if that is absent"
    assert document["channels"]["surveys"]["address"] == "helpdesk.surveys"


def test_every_setting_has_a_sentence() -> None:
    settings = json.loads(text(DOCUMENTS["settings.schema.json"]))
    for name, key in settings["properties"].items():
        assert key["description"].endswith("."), name
