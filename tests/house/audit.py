"""Judge what the lock file pins by the advisories that were published: make audit.

Exit code 1: a weakness is known. What could not be judged is named, since silence would read as
"no weakness"; that the advisories cannot be reached is no fault of the code, so it fails nothing.
"""

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from typing import Any, Final

from tests.house.repository import ROOT

COMMAND: Final = (
    *(sys.executable, "-m", "pip_audit", "--format=json", "--progress-spinner=off"),
    *("--disable-pip", "--require-hashes", f"--requirement={ROOT / 'requirements.lock'}"),
)


def weaknesses(packages: Sequence[dict[str, Any]]) -> Iterator[str]:
    """Yield a line for each known weakness: package, version, advisory and what repairs it."""
    for package in packages:
        for found in package.get("vulns", ()):
            names = ", ".join((found["id"], *found["aliases"]))
            repaired = " or ".join(found["fix_versions"]) or "no version yet"
            yield f"{package['name']} {package['version']}: {names}; repaired in {repaired}"


def unjudged(packages: Sequence[dict[str, Any]]) -> list[str]:
    """Return the packages whose advisories could not be read."""
    return [package["name"] for package in packages if "skip_reason" in package]


def verdict(output: str, errors: str) -> tuple[int, str]:
    """Return the exit code and what to print for what the auditor wrote."""
    try:
        packages = json.loads(output)["dependencies"]
    except json.JSONDecodeError:
        reason = errors.strip().rpartition("\n")[2]
        return 0, f"NOT AUDITED: the advisories cannot be reached ({reason})"
    known, skipped = list(weaknesses(packages)), unjudged(packages)
    judged = len(packages) - len(skipped)
    lines = [*known, f"{judged} of {len(packages)} packages audited, {len(known)} weaknesses"]
    if skipped:
        which = ", ".join(skipped) if judged else "all of them"
        lines.append(f"NOT AUDITED, no advisories to be had: {which}")
    return int(bool(known)), "\n".join(lines)


if __name__ == "__main__":
    audited = subprocess.run(COMMAND, capture_output=True, text=True, check=False)
    code, text = verdict(audited.stdout, audited.stderr)
    print(text)  # noqa: T201
    sys.exit(code)
