"""The rules of the demo's settings, and Prometheus' own programs."""

import subprocess
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml

from schemas.settings import Settings
from schemas.settings_check import load_settings
from streams.artifacts.kpis_page import labels
from streams.artifacts.records import everything
from streams.exposition.pipeline import PIPELINE
from streams.kpis.kpi import PREVIOUS, ROLLING
from tests.house.repository import ROOT

DEPLOY: Final = ROOT / "deploy"
RULES: Final = DEPLOY / "prometheus" / "rules"
RUNBOOKS: Final = ROOT / "docs" / "runbooks"
UNIT_TESTS: Final = Path(__file__).parent / "alerts"


@cache
def demo_settings() -> Settings:
    """Return the settings that the checked-in rules are written for."""
    return load_settings((DEPLOY / "deskpulse.yaml").read_text("utf-8"), {}, "deskpulse.yaml")


def checked_in(name: str) -> list[dict[str, Any]]:
    """Return the rules of a checked-in file."""
    document = yaml.safe_load((RULES / name).read_text("utf-8"))
    return [rule for group in document["groups"] for rule in group["rules"]]


@cache
def shown() -> dict[str, frozenset[str]]:
    """Return the labels of every sample that a worker can show, but for `window` and `le`."""
    of_kpis = {
        prefix + record.name.removeprefix(ROLLING) + suffix: frozenset(labels(record))
        for record in everything()
        for prefix in ((ROLLING, PREVIOUS) if record.name.startswith(ROLLING) else ("",))
        for suffix in ("", "_bucket", "_gcount", "_gsum")
    }
    of_workers = {
        sample: frozenset(family.labels)
        for family in PIPELINE
        for sample in (family.sample, f"{family.name}_bucket")
    }
    return of_kpis | of_workers


def run(*command: str) -> str:
    """Return what a program says; its failure fails the test."""
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout
