"""Each file in tests/bad/events has one fault; beside it stand reason and message."""

import json
from pathlib import Path
from typing import Final

import pytest
from jsonschema import Draft202012Validator

from schemas.decode import decode
from schemas.documents import events_schema
from schemas.rejected import Rejected
from tests.schemas.examples import EVERY, content

FOLDER: Final = Path(__file__).parents[1] / "bad" / "events"
FILES: Final = sorted(FOLDER.glob("*.json"))
SCHEMA: Final = Draft202012Validator(events_schema())

# What JSON Schema cannot say: see schemas/documents.py.
BEYOND_SCHEMA: Final = {
    "amount_tiny",
    "cost_ends_as_it_begins",
    "cost_from_february_30",
    "review_score_above_max",
    "scale_of_one_point",
    "scale_reversed",
    "scale_too_wide",
    "score_above_a_given_scale",
    "time_beyond_year_9999",
    "time_february_30",
}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_bad_event_is_refused_with_its_message(file: Path) -> None:
    rejected = decode(file.read_bytes())
    assert isinstance(rejected, Rejected)
    told = f"{rejected.reason}: {rejected.message}\n"
    assert told == file.with_suffix(".txt").read_text("utf-8")


def test_every_reason_that_an_event_can_have_has_a_file() -> None:
    told = {file.with_suffix(".txt").read_text("utf-8").partition(":")[0] for file in FILES}
    expected = {"invalid_json", "invalid_envelope", "unknown_type", "invalid_data", "out_of_scale"}
    assert told == expected


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_the_schema_refuses_it_too(file: Path) -> None:
    if file.with_suffix(".txt").read_text("utf-8").startswith("invalid_json"):
        return
    accepted = SCHEMA.is_valid(json.loads(file.read_bytes()))
    assert accepted == (file.stem in BEYOND_SCHEMA)


@pytest.mark.parametrize("example", EVERY, ids=lambda e: e["type"])
def test_the_schema_accepts_good_events(example: dict[str, object]) -> None:
    SCHEMA.validate(example)


def test_the_schema_knows_that_scores_are_floored() -> None:
    data = {"kind": "csat", "score": 5.0009, "scale": None}
    answered = content("helpdesk.survey.answered", data)
    assert not isinstance(decode(json.dumps(answered).encode()), Rejected)
    SCHEMA.validate(answered)
