"""The comparison with the batch evaluation, and the batch evaluation itself."""

import subprocess
import sys
from itertools import takewhile
from pathlib import Path

import pytest

from schemas.decode import decode
from schemas.rejected import Rejected
from schemas.scalars import MINUTE
from schemas.settings_check import load_settings
from streams.demo import scenario
from streams.demo.helpdesk import Plan, simulate
from streams.demo.metrics import Series
from streams.demo.reference import EvaluationError, Reference, differences, reference, shown_by
from tests.oracle.evaluation import evaluate

START = 1_767_571_200_000  # 2026-01-05T00:00:00Z
AT = START + 40 * MINUTE


def key(name: str, queue: str = "a") -> Series:
    return Series(name, (("queue", queue),))


YAML = scenario.configuration(bootstrap_servers="127.0.0.1:1", prefix="p.", listen="127.0.0.1:0")
SETTINGS = load_settings(YAML, {}, "demo.yaml")


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """The demo's configuration in a file."""
    path = tmp_path / "demo.yaml"
    path.write_text(YAML)
    return path


def events() -> list[bytes]:
    """Return 40 minutes of the demo's helpdesk."""
    plan = Plan(tickets=600, days=1, seed=2, start=START, opening=START, pace=30)
    return [event.value for event in takewhile(lambda one: one.time <= AT, simulate(plan))]


def test_the_demo_s_configuration_is_valid() -> None:
    assert SETTINGS.policy.windows == ("5m", "30m", "1h")
    assert SETTINGS.kafka.topic_prefix == "p."


def test_equal_numbers_have_no_differences() -> None:
    assert differences({key("x"): 1000}, {key("x"): 1000}) == []


def test_a_difference_names_the_series_and_both_values() -> None:
    """A series that only one of them has counts as 0 in the other."""
    found = differences({key("x"): 1500, key("y"): 1000}, {key("x"): 2000})
    assert found == [
        'x{queue="a"}: live 1.5, batch 2',
        'y{queue="a"}: live 1, batch 0',
    ]


def test_families_of_histograms_are_recognised_by_their_samples() -> None:
    numbers = {key("h_bucket"): 1, key("h_gcount"): 1, key("h_gsum"): 1, key("g"): 1}
    assert len(shown_by({"h"}, numbers)) == 3


async def test_the_reference_is_the_oracle_s_function_in_a_process_of_its_own(
    config: Path,
) -> None:
    """`python -m tests.oracle` gives what `evaluate` gives; the demo imports neither."""
    lines = events()
    batch = await reference().evaluate(config, AT, b"\n".join(lines))
    decoded = [event for event in map(decode, lines) if not isinstance(event, Rejected)]
    expected = {
        Series(name, tuple(sorted(labels))): round(value * 1000)
        for (name, labels), value in evaluate(decoded, SETTINGS.policy, AT).items()
    }
    assert batch == expected
    assert len(batch) > 3000


async def test_a_package_without_its_tests_falls_back_to_replay(config: Path) -> None:
    """Engine and oracle agree on all that the engine shows of the demo's events."""
    replay = Reference((sys.executable, "-m", "streams.commands.main", "replay"), "")
    text = b"\n".join(events())
    by_engine = await replay.evaluate(config, AT, text)
    by_oracle = await reference().evaluate(config, AT, text)
    assert differences(by_engine, by_oracle) == []


async def test_a_reference_that_fails_says_why(tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match=r"nothing\.yaml"):
        await reference().evaluate(tmp_path / "nothing.yaml", AT, b"")


def test_the_demo_does_not_import_the_oracle() -> None:
    """What judges must not be reachable from what is judged."""
    code = "import sys, streams.demo.run, streams.demo.page; print('tests' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
