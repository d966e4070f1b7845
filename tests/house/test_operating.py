"""The operations guide says of every key what a change needs, and quotes what workers say."""

import re
from typing import Final

from schemas.settings import FILE
from tests.house.repository import ROOT

GUIDE: Final = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")


def rows(heading: str) -> list[list[str]]:
    """Return the cells of the table whose first heading is this, without its head."""
    _, _, table = GUIDE.partition(f"| {heading} |")
    lines = table.partition("\n\n")[0].splitlines()[2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def spans(text: str) -> list[str]:
    """Return what a text shows as code."""
    return re.findall(r"`([^`]+)`", text)


def said() -> str:
    """Return the source of the worker, its messages in one piece each."""
    sources = sorted((ROOT / "streams" / "worker").glob("*.py"))
    text = "".join(source.read_text(encoding="utf-8") for source in sources)
    return re.sub(r"\"\s*\n\s*f?\"", "", text)


def test_every_key_of_the_settings_is_classified_once() -> None:
    named = [name for row in rows("key") for name in spans(row[0])]
    assert sorted(named) == sorted(key.name for key in FILE.keys)


def test_what_workers_are_quoted_to_say_they_say() -> None:
    quoted = [phrase for row in rows("a worker says") for phrase in spans(row[0])]
    assert len(quoted) > 5
    assert [phrase for phrase in quoted if phrase not in said()] == []


def test_what_is_lost_is_told_in_the_words_of_the_worker() -> None:
    """Numbers stand for whatever they are in the case at hand."""
    told = [re.sub(r"\d+", "{}", phrase) for row in rows("lost") for phrase in spans(row[1])]
    words = re.sub(r"\{[^}]*\}", "{}", said())
    assert len(told) > 5
    assert [phrase for phrase in told if phrase not in words] == []
