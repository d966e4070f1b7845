"""The rules of the demo's settings, and Prometheus' own programs."""

import subprocess
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml

from schemas.settings import Settings
from schemas.settings_check import load_settings
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


def run(*command: str) -> str:
    """Return what a program says; its failure fails the test."""
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout
