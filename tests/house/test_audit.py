"""A known weakness fails the audit; what could not be judged does not pass for sound."""

import json
from typing import Any

from tests.house.audit import verdict

SOUND = {"name": "sound", "version": "1.0", "vulns": []}
SKIPPED = {"name": "skipped", "skip_reason": "no advisories"}
WEAK = {
    "name": "weak",
    "version": "2.4.1",
    "vulns": [{"id": "PYSEC-1", "aliases": ["CVE-1"], "fix_versions": ["2.4.2", "2.5"]}],
}


def judged(*packages: dict[str, Any]) -> tuple[int, str]:
    """Return the verdict on these packages."""
    return verdict(json.dumps({"dependencies": packages, "fixes": []}), "")


def test_a_known_weakness_fails_and_names_its_repair() -> None:
    code, text = judged(SOUND, WEAK)
    assert code == 1
    assert text.splitlines() == [
        "weak 2.4.1: PYSEC-1, CVE-1; repaired in 2.4.2 or 2.5",
        "2 of 2 packages audited, 1 weaknesses",
    ]


def test_what_is_sound_passes() -> None:
    assert judged(SOUND) == (0, "1 of 1 packages audited, 0 weaknesses")


def test_what_could_not_be_judged_is_named() -> None:
    code, text = judged(SOUND, SKIPPED)
    assert code == 0
    assert text.splitlines()[-1] == "NOT AUDITED, no advisories to be had: skipped"


def test_if_nothing_could_be_judged_it_says_so_in_short() -> None:
    assert judged(SKIPPED)[1].splitlines() == [
        "0 of 1 packages audited, 0 weaknesses",
        "NOT AUDITED, no advisories to be had: all of them",
    ]


def test_advisories_out_of_reach_are_said() -> None:
    code, text = verdict("", "Traceback\nProxyError: cannot connect\n")
    assert code == 0
    assert text == ("NOT AUDITED: the advisories cannot be reached (ProxyError: cannot connect)")
