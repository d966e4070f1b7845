"""The reference is made from the code: complete, fresh, and true."""

import json
import re
import subprocess
from pathlib import Path
from typing import Final

import pytest
import yaml

from schemas.decode import decode
from schemas.documents import Document
from schemas.events import EVENTS, Event
from schemas.settings import FILE
from schemas.settings_check import load_settings
from schemas.settings_tree import variables
from streams.artifacts.events_page import example
from streams.artifacts.records import everything
from streams.artifacts.reference import pages
from streams.commands.reference import commands
from streams.exposition.pipeline import PIPELINE
from streams.kpis.kpi import Kpi, Level
from streams.kpis.promql import queries
from tests.house.repository import ROOT

REFERENCE: Final = ROOT / "docs" / "reference"
PAGES: Final = pages(commands())
RECORDS: Final = everything()


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_fresh(name: str) -> None:
    assert (REFERENCE / name).read_text("utf-8") == PAGES[name], "run `make docs`"


@pytest.mark.parametrize("record", RECORDS, ids=[record.name for record in RECORDS])
def test_a_family_says_what_readers_need(record: Kpi | Level) -> None:
    for page in ("kpis.md", "metrics.md"):
        assert f"`{record.name}`" in PAGES[page]
    assert record.title
    assert record.formula
    assert record.help.endswith(".")
    assert record.source or (isinstance(record, Level) and record.aggregate == "max")


def test_every_family_of_the_worker_is_listed() -> None:
    assert [
        family.name for family in PIPELINE if f"`{family.name}" not in PAGES["metrics.md"]
    ] == []


def test_every_key_of_the_settings_is_listed() -> None:
    listed = set(re.findall(r"`(DESKPULSE_\w+)`", PAGES["settings.md"]))
    assert {variable for variable, _, _ in variables(FILE)} == listed


def test_the_defaults_are_settings_that_work() -> None:
    block = re.search(r"^```yaml\n(.*?)^```", PAGES["settings.md"], re.MULTILINE | re.DOTALL)
    assert block is not None
    assert load_settings(block[1], {}, "page") == load_settings(None, {}, "defaults")
    assert yaml.safe_load(block[1])


@pytest.mark.parametrize("event", EVENTS)
def test_an_event_of_the_page_is_valid(event: type[Event]) -> None:
    said: Document = example(event)
    assert json.dumps(said, indent=2) in PAGES["events.md"]
    assert isinstance(decode(json.dumps(said).encode()), event)


@pytest.mark.parametrize("record", RECORDS, ids=[record.name for record in RECORDS])
def test_a_query_asks_for_metrics_that_exist(record: Kpi | Level) -> None:
    """Names are known, windows pinned; the number of workers never shows."""
    suffixes = {"gauge": ("",), "gaugehistogram": ("_bucket", "_gcount", "_gsum")}
    names = {
        found.name + suffix
        for found in RECORDS
        for suffix in suffixes[
            found.kind
            if isinstance(found, Level)
            else "gauge"
            if found.buckets is None
            else "gaugehistogram"
        ]
    }
    for query in queries(record):
        asked = re.findall(r"(helpdesk_\w+)(\{[^}]*\})?", query.promql)
        assert asked
        for name, matchers in asked:
            assert name in names
            assert ('window="7d"' in matchers) == name.startswith("helpdesk_rolling_")
        assert re.search(r"\b(sum|min|max)\b", query.promql)


def test_a_share_is_0_and_not_absent_where_there_is_a_whole() -> None:
    """Families of one fact and the same labels show together; of others the part may be absent."""
    kpis = {record.name: record for record in RECORDS if isinstance(record, Kpi)}
    summed = r"sum[^(]*(?:\([^)]*\) )?\((\w+)"
    plain = re.compile(rf"{summed}[^)]*\) / \(?{summed}.*")
    shares = [
        (kpis[match[1]], kpis[match[2]])
        for record in RECORDS
        for query in queries(record)
        if (match := plain.fullmatch(query.promql)) and match[1] in kpis
    ]
    assert len(shares) > 10
    for part, whole in shares:
        assert (part.fact, part.labels) == (whole.fact, whole.labels), (part.name, whole.name)


@pytest.mark.promtool
def test_prometheus_can_read_every_query(tmp_path: Path) -> None:
    rules = [
        {"record": f"query:{number}", "expr": query.promql}
        for number, query in enumerate(q for record in RECORDS for q in queries(record))
    ]
    file = tmp_path / "rules.yaml"
    file.write_text(json.dumps({"groups": [{"name": "reference", "rules": rules}]}), "utf-8")
    result = subprocess.run(
        ["promtool", "check", "rules", str(file)], capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stdout + result.stderr
