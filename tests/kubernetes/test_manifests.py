"""What deploy/kubernetes would run, judged as it is applied."""

import re
import shutil
import subprocess
from pathlib import Path
from typing import Final

import pytest
import yaml
from click.testing import CliRunner

from streams.artifacts.rules import MANIFEST, manifest
from streams.commands.rules import command
from tests.house.repository import ROOT
from tests.kubernetes import kustomize
from tests.kubernetes.checks import CHECKS
from tests.kubernetes.cluster import SETTINGS, Cluster
from tests.kubernetes.kustomize import KUSTOMIZATION, Object, kustomizations, read

KUBERNETES: Final = ROOT / "deploy" / "kubernetes"
PRODUCTION: Final = KUBERNETES / "overlays" / "production"
OPERATOR: Final = KUBERNETES / "components" / "prometheus-operator"
BUILDS: Final = [KUBERNETES / "base", PRODUCTION]
# Either builds; kubectl brings a kustomize of its own.
PROGRAMS: Final = (("kustomize", "build"), ("kubectl", "kustomize"))


@pytest.mark.parametrize("folder", BUILDS, ids=lambda folder: folder.name)
def test_what_is_applied_is_without_fault(folder: Path) -> None:
    cluster = Cluster(kustomize.build(folder))
    assert [fault for check in CHECKS for fault in check(cluster)] == []


def test_every_file_belongs_to_a_kustomization() -> None:
    """Nothing lies about that is never applied."""
    named = {folder / KUSTOMIZATION for folder in kustomizations(KUBERNETES)}
    for folder in kustomizations(KUBERNETES):
        (plan,) = read(folder / KUSTOMIZATION)
        patches = [patch["path"] for patch in plan.get("patches", ())]
        files = [file for each in plan.get("configMapGenerator", ()) for file in each["files"]]
        named |= {folder / name for name in (*plan.get("resources", ()), *patches, *files)}
    assert {file for file in KUBERNETES.rglob("*") if file.is_file()} == {
        path for path in named if path.is_file()
    }


def test_every_dashboard_is_shipped() -> None:
    shipped = {
        name: text
        for item in Cluster(kustomize.build(PRODUCTION)).of("ConfigMap")
        for name, text in item["data"].items()
        if name != SETTINGS
    }
    files = (ROOT / "deploy" / "grafana" / "dashboards").rglob("*.json")
    assert shipped == {file.name: file.read_text("utf-8") for file in files}
    assert shipped


@pytest.mark.parametrize(
    ("folder", "settings"),
    [(OPERATOR, KUBERNETES / "base"), (PRODUCTION, PRODUCTION)],
    ids=lambda folder: folder.name,
)
def test_the_rules_are_fresh(folder: Path, settings: Path) -> None:
    """`deskpulse rules --format kubernetes --config SETTINGS/deskpulse.yaml --output FOLDER`."""
    text = (settings / SETTINGS).read_text("utf-8")
    cluster = Cluster([{"kind": "ConfigMap", "data": {SETTINGS: text}}])
    assert (folder / MANIFEST).read_text("utf-8") == manifest(cluster.settings)


def test_the_command_writes_a_file_or_prints_it(tmp_path: Path) -> None:
    wanted = (PRODUCTION / MANIFEST).read_text("utf-8")
    asked = ["--config", str(PRODUCTION / SETTINGS), "--format", "kubernetes"]
    assert CliRunner().invoke(command, asked).stdout == wanted
    result = CliRunner().invoke(command, [*asked, "--output", str(tmp_path / "rules")])
    assert result.exit_code == 0
    assert [file.name for file in (tmp_path / "rules").iterdir()] == [MANIFEST]
    assert (tmp_path / "rules" / MANIFEST).read_text("utf-8") == wanted


@pytest.mark.promtool
@pytest.mark.parametrize("folder", [OPERATOR, PRODUCTION], ids=lambda folder: folder.name)
def test_prometheus_takes_the_rules_of_the_manifest(folder: Path, tmp_path: Path) -> None:
    (rule,) = read(folder / MANIFEST)
    file = tmp_path / "rules.yml"
    file.write_text(yaml.safe_dump(rule["spec"]), "utf-8")
    result = subprocess.run(
        ["promtool", "check", "rules", "--lint=all", "--lint-fatal", str(file)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.skipif(
    not any(shutil.which(program) for program, _ in PROGRAMS),
    reason="neither kustomize nor kubectl is installed; the same is built without them",
)
@pytest.mark.parametrize("folder", BUILDS, ids=lambda folder: folder.name)
def test_kustomize_builds_the_same(folder: Path) -> None:
    program = next(each for each in PROGRAMS if shutil.which(each[0]))
    result = subprocess.run([*program, str(folder)], capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    text = re.sub(r"(deskpulse-settings)-\w{10}\b", r"\1", result.stdout)
    assert _by_name(list(yaml.safe_load_all(text))) == _by_name(kustomize.build(folder))


def _by_name(objects: list[Object]) -> dict[tuple[str, str], Object]:
    return {(item["kind"], item["metadata"]["name"]): item for item in objects}
