"""Every dependency is declared, used, explained and locked."""

import ast
import re
import sys
from pathlib import Path
from typing import Final

import pytest

from tests.house.repository import PRODUCT, ROOT, project, python_files

LOCK: Final = ROOT / "requirements.lock"
RUNTIME_LOCK: Final = ROOT / "requirements-runtime.lock"
PIN: Final = re.compile(r"^([a-z0-9][\w.\[\]-]*)==(\S+)(?: ;.*)? \\$", re.MULTILINE)

# Imported under another name than that of its package.
MODULES: Final = {
    "faust-streaming": "faust",
    "pyyaml": "yaml",
    "prometheus-client": "prometheus_client",
    "grafana-foundation-sdk": "grafana_foundation_sdk",
}
# Needed without an import: data, and what runs in a process of its own.
NOT_IMPORTED: Final = {"tzdata", "jgo"}


def normal(requirement: str) -> str:
    """Return a requirement's name as package indexes compare it."""
    return re.sub(r"[-_.]+", "-", re.split(r"[\s<>=!~;\[]", requirement, maxsplit=1)[0]).lower()


def declared(*extras: str) -> set[str]:
    """Return the names of the runtime's dependencies and of the extras'."""
    record = project()["project"]
    lists = [record["dependencies"], *(record["optional-dependencies"][name] for name in extras)]
    return {normal(requirement) for requirements in lists for requirement in requirements}


def imported() -> set[str]:
    """Return the top-level modules that the product imports and that are not its own."""
    modules = set()
    for path in python_files(*PRODUCT):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                modules |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                modules.add(node.module.split(".")[0])
    # The demo shows the oracle's verdict beside the workers' numbers where it runs from a clone.
    return modules - set(sys.stdlib_module_names) - set(PRODUCT) - {"tests"}


def test_every_dependency_has_a_line_that_says_why() -> None:
    lines = (ROOT / "pyproject.toml").read_text(encoding="utf-8").splitlines()
    requirement = re.compile(r'^    "[A-Za-z][\w.-]*(\[\w+\])?[<>=!~,.\d]*",$')
    start = lines.index("dependencies = [")
    end = lines.index("[project.scripts]")
    unexplained = [
        line.strip()
        for above, line in zip(lines[start:end], lines[start + 1 : end], strict=False)
        if requirement.match(line) and not re.match(r"^    # \w.*\.$", above)
    ]
    assert unexplained == []
    assert sum(bool(requirement.match(line)) for line in lines[start:end]) == sum(
        len(requirements)
        for requirements in (
            project()["project"]["dependencies"],
            *project()["project"]["optional-dependencies"].values(),
        )
    )


def test_every_import_is_declared() -> None:
    known = {MODULES.get(package, package) for package in declared("demo")}
    assert imported() - known == set()


def test_every_declared_package_is_imported() -> None:
    modules = {MODULES.get(package, package) for package in declared("demo") - NOT_IMPORTED}
    assert modules - imported() == set()


@pytest.mark.parametrize("lock", [LOCK, RUNTIME_LOCK], ids=lambda lock: lock.name)
def test_a_lock_has_hashes_and_names_no_address_or_path(
    lock: Path,
) -> None:
    text = lock.read_text(encoding="utf-8")
    requirements = [line for line in text.splitlines() if line and not line.startswith(("#", " "))]
    pins = PIN.findall(text)
    assert len(pins) == len(requirements) > 0
    blocks = re.split(r"^(?=[a-z0-9])", text, flags=re.MULTILINE)[1:]
    assert all("--hash=sha256:" in block for block in blocks)
    assert not re.search(
        r"://|file:[/.]|@ |--find-links|--index-url|--trusted-host|(?:^| )/", text
    )


def test_the_lock_has_every_declared_package() -> None:
    locked = {normal(package) for package, _ in PIN.findall(LOCK.read_text(encoding="utf-8"))}
    assert declared("demo", "dev") - locked == set()


def test_the_runtime_lock_has_the_same_versions_and_nothing_of_the_demo() -> None:
    every = dict(PIN.findall(LOCK.read_text(encoding="utf-8")))
    runtime = dict(PIN.findall(RUNTIME_LOCK.read_text(encoding="utf-8")))
    assert runtime.items() <= every.items()
    assert declared() <= {normal(package) for package in runtime}
    assert not (declared("demo", "dev") - declared()) & {normal(package) for package in runtime}
