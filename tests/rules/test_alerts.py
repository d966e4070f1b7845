"""Every alert calls a person when it should, says why in their units, and is silent else."""

import re
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from streams.artifacts.rules import ALERTS, RECORDINGS
from tests.rules.tools import RUNBOOKS, UNIT_TESTS, checked_in, demo_settings, run

ALL: Final = checked_in(ALERTS)
NAMES: Final = sorted({rule["alert"] for rule in ALL})
SECTIONS: Final = (
    "## What customers feel",
    "## How to look",
    "## What to do",
    "## What not to do",
)


def cases(name: str) -> list[dict[str, Any]]:
    """Return the two cases of an alert."""
    document = yaml.safe_load((UNIT_TESTS / f"{name}.yml").read_text("utf-8"))
    found: list[dict[str, Any]] = document["tests"]
    return found


def runbook(name: str) -> str:
    """Return the runbook of an alert."""
    return (RUNBOOKS / f"{name}.md").read_text("utf-8")


@pytest.mark.promtool
@pytest.mark.parametrize("name", NAMES)
def test_it_fires_and_stays_silent(name: str) -> None:
    run("promtool", "test", "rules", str(UNIT_TESTS / f"{name}.yml"))


@pytest.mark.parametrize("name", NAMES)
def test_both_cases_are_told(name: str) -> None:
    fires, silent = cases(name)
    assert (fires["name"], silent["name"]) == ("fires", "stays silent")
    (fired,), (nothing,) = fires["alert_rule_test"], silent["alert_rule_test"]
    assert fired["alertname"] == nothing["alertname"] == name
    assert fired["exp_alerts"]
    assert nothing["exp_alerts"] == []
    assert {series["series"] for series in silent["input_series"]}


def test_no_test_and_no_runbook_is_without_an_alert() -> None:
    assert sorted(file.stem for file in UNIT_TESTS.iterdir()) == NAMES
    pages = sorted(page.stem for page in RUNBOOKS.glob("*.md") if page.stem != "README")
    assert pages == NAMES


@pytest.mark.parametrize("rule", ALL, ids=lambda rule: rule["alert"])
def test_an_alert_says_what_a_person_needs(rule: dict[str, Any]) -> None:
    assert re.fullmatch(r"Helpdesk[A-Z][A-Za-z]+", rule["alert"])
    assert rule["labels"]["severity"] in {"critical", "warning", "info"}
    assert rule["labels"]["component"] in {"service", "pipeline"}
    notes = rule["annotations"]
    assert "{{" not in notes["summary"]
    assert notes["summary"].endswith(".")
    assert notes["description"].endswith(".")
    address = demo_settings().alerts.runbooks
    assert notes["runbook_url"] == f"{address}/{rule['alert']}.md"
    assert re.search(r"[<>=]|absent", rule["expr"])


@pytest.mark.parametrize("rule", ALL, ids=lambda rule: rule["alert"])
def test_a_description_uses_labels_that_the_alert_has(rule: dict[str, Any]) -> None:
    used = set(re.findall(r"\$labels\.(\w+)", rule["annotations"]["description"]))
    fires, _ = cases(rule["alert"])
    for alert in fires["alert_rule_test"][0]["exp_alerts"]:
        assert used <= alert["exp_labels"].keys()
        assert "job" in alert["exp_labels"]


@pytest.mark.parametrize("name", NAMES)
def test_a_runbook_has_its_sections(name: str) -> None:
    lines = runbook(name).splitlines()
    assert lines[0] == f"# {name}"
    assert [line for line in lines if line.startswith("## ")] == list(SECTIONS)


def queries(name: str) -> list[str]:
    """Return the queries of a runbook; each block is one."""
    return re.findall(r"^```promql\n(.*?)^```", runbook(name), re.MULTILINE | re.DOTALL)


@pytest.mark.promtool
def test_queries_of_runbooks_parse(tmp_path: Path) -> None:
    """Prometheus checks them as the expressions of rules."""
    assert all(queries(name) for name in NAMES)
    rules = [
        {"record": f"query:{name}:of_{i}", "expr": query}
        for name in NAMES
        for i, query in enumerate(queries(name))
    ]
    file = tmp_path / "queries.yml"
    file.write_text(yaml.safe_dump({"groups": [{"name": "runbooks", "rules": rules}]}), "utf-8")
    run("promtool", "check", "rules", "--lint=none", str(file))


def test_queries_of_runbooks_name_recordings_that_there_are() -> None:
    recorded = {rule["record"] for rule in checked_in(RECORDINGS)}
    used = {
        found
        for name in NAMES
        for query in queries(name)
        for found in re.findall(r"\bjob\w*:\w+:\w+", query)
    }
    assert used <= recorded
