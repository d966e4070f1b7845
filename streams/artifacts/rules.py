"""Prometheus' rules, recordings and alerts of a configuration: as files, or for its operator."""

from collections.abc import Iterable
from typing import Any, Final

import yaml
from msgspec import structs

from schemas.settings import Settings
from streams.artifacts.alerts import service_alerts
from streams.artifacts.pipeline_alerts import pipeline_alerts
from streams.artifacts.recordings import recordings
from streams.artifacts.rule import Alert

HEADER: Final = "# Written by `deskpulse rules`. Change the settings and write it anew.\n"
RECORDINGS: Final = "deskpulse-recordings.yml"
ALERTS: Final = "deskpulse-alerts.yml"
MANIFEST: Final = "prometheusrule.yaml"
INTERVAL: Final = "30s"


class Dumper(yaml.SafeDumper):
    """Writes several lines as several lines."""


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar(
        "tag:yaml.org,2002:str", text, style="|" if "\n" in text else None
    )


Dumper.add_representer(str, _text)


def alerts(settings: Settings) -> tuple[Alert, ...]:
    """Return every alert of this configuration."""
    return (*service_alerts(settings), *pipeline_alerts(settings))


def rule_groups(settings: Settings) -> dict[str, list[dict[str, Any]]]:
    """Return the groups of rules by file. Raises DeskpulseError."""
    recorded = [structs.asdict(each) for each in recordings(settings.policy)]
    address = settings.alerts.runbooks.rstrip("/")
    return {
        RECORDINGS: [_group("deskpulse-recordings", recorded)],
        ALERTS: [
            _group(
                f"deskpulse-{component}",
                [_rule(each, address) for each in alerts(settings) if each.component == component],
            )
            for component in ("service", "pipeline")
        ],
    }


def rule_files(settings: Settings) -> dict[str, str]:
    """Return the text of each rule file by its name. Raises DeskpulseError."""
    return {name: written(groups) for name, groups in rule_groups(settings).items()}


def manifest(settings: Settings) -> str:
    """Return all rules as an object for Prometheus' operator. Raises DeskpulseError."""
    return _document(
        {
            "apiVersion": "monitoring.coreos.com/v1",
            "kind": "PrometheusRule",
            "metadata": {"name": "deskpulse", "labels": {"app.kubernetes.io/name": "deskpulse"}},
            "spec": {"groups": every_group(settings)},
        }
    )


def every_group(settings: Settings) -> list[dict[str, Any]]:
    """Return the groups of all files. Raises DeskpulseError."""
    return [group for groups in rule_groups(settings).values() for group in groups]


def written(groups: Iterable[dict[str, Any]]) -> str:
    """Return groups as a rule file."""
    return _document({"groups": list(groups)})


def _document(document: dict[str, Any]) -> str:
    return HEADER + yaml.dump(
        document, Dumper=Dumper, sort_keys=False, allow_unicode=True, width=100_000
    )


def _group(name: str, rules: list[dict[str, Any]]) -> dict[str, Any]:
    return {"name": name, "interval": INTERVAL, "rules": rules}


def _rule(alert: Alert, address: str) -> dict[str, Any]:
    keep = {} if alert.keep is None else {"keep_firing_for": alert.keep}
    return {
        "alert": alert.name,
        "expr": alert.expr,
        "for": alert.wait,
        **keep,
        "labels": {"severity": alert.severity, "component": alert.component, **alert.labels},
        "annotations": {
            "summary": alert.summary,
            "description": alert.description,
            "runbook_url": f"{address}/{alert.name}.md",
        },
    }
