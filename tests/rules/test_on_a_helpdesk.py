"""The rules on what the engine shows of a simulated helpdesk."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from streams.artifacts.rule import quoted
from streams.artifacts.rules import RECORDINGS
from streams.commands.main import deskpulse
from tests.rules.tools import DEPLOY, RULES, checked_in, run

# Known only after 60 days: who was a customer before.
LATER = {"job_period:helpdesk_customers_retained_per_customers_retention_base:ratio"}


def output(*arguments: str) -> str:
    """Return what a command of Deskpulse prints."""
    result = CliRunner().invoke(deskpulse, list(arguments))
    assert result.exit_code == 0, result.output
    return result.stdout


def series(sample: dict[str, Any]) -> dict[str, str]:
    """Return a sample as a series of promtool, of one worker, for some minutes."""
    labels = {**sample["labels"], "job": "deskpulse", "instance": "worker-1:9877"}
    selected = ",".join(f"{name}={quoted(value)}" for name, value in labels.items())
    return {"series": f"{sample['name']}{{{selected}}}", "values": f"{sample['value']}x4"}


@pytest.mark.promtool
@pytest.mark.slow
def test_every_rule_is_evaluated_and_every_recording_says_something(tmp_path: Path) -> None:
    """Promtool fails for a rule that cannot be evaluated, such as one with two series to match."""
    events = tmp_path / "events.jsonl"
    output("generate", "--tickets", "400", "--days", "18", "--output", str(events))
    config = ["--config", str(DEPLOY / "deskpulse.yaml")]
    samples = json.loads(output("replay", *config, "--format", "json", str(events)))["samples"]
    names = sorted({rule["record"] for rule in checked_in(RECORDINGS)} - LATER)
    test = {
        "rule_files": [str(RULES / "*.yml")],
        "evaluation_interval": "1m",
        "tests": [
            {
                "interval": "1m",
                "input_series": [series(sample) for sample in samples],
                "promql_expr_test": [
                    {
                        "expr": f"count({name}) > bool 0",
                        "eval_time": "3m",
                        "exp_samples": [{"labels": "{}", "value": 1}],
                    }
                    for name in names
                ],
            }
        ],
    }
    file = tmp_path / "helpdesk.yml"
    file.write_text(yaml.safe_dump(test), "utf-8")
    run("promtool", "test", "rules", str(file))
