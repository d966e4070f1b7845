"""What tests share: the real Kafka, fresh names, and parts that may be absent."""

import os
import shutil
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from streams.demo.broker import Broker, Cluster, given_cluster

# Group members are declared dead after 1 s at the earliest, not 6: tests kill many.
TEST_PROPERTIES: Final = {"group.min.session.timeout.ms": "1000"}

# Marker of the tests that need it -> the programs of which one must be there.
REAL_PARTS: Final = {
    "browser": ("chromium", "chromium-browser"),
    "promtool": ("promtool",),
    "alertmanager": ("amtool",),
}

BROKER_FIXTURES: Final = {"broker", "own_broker", "secured_kafka"}
LEFT_OUT: Final = pytest.StashKey[dict[str, int]]()


@pytest.fixture(scope="session")
def broker(
    tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[Cluster]:
    """The Kafka of this session, embedded or given by the environment. Nobody stops it."""
    given = given_cluster(os.environ)
    if given is not None:
        yield given
        return
    with _start(tmp_path_factory.mktemp("broker"), request) as embedded:
        yield embedded


@pytest.fixture
def own_broker(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Broker]:
    """A Kafka for this test alone, to be killed and restarted."""
    with _start(tmp_path / "broker", request) as embedded:
        yield embedded


@pytest.fixture
def topic_prefix() -> str:
    """A prefix of topics that no other test has."""
    return f"test-{uuid.uuid4().hex[:10]}."


@pytest.fixture
def group() -> str:
    """A consumer group that no other test has."""
    return f"group-{uuid.uuid4().hex[:10]}"


def _start(directory: Path, request: pytest.FixtureRequest) -> Broker:
    capture = request.config.pluginmanager.getplugin("capturemanager")
    terminal = request.config.pluginmanager.getplugin("terminalreporter")

    def show(message: str) -> None:
        """Say that Kafka is being downloaded; else the first session would seem to hang."""
        if "ownload" in message and terminal is not None:
            with capture.global_and_fixture_disabled():
                terminal.write_line(message)

    return Broker.start(directory, on_progress=show, properties=TEST_PROPERTIES)


def absent_parts() -> dict[str, str]:
    """Return marker -> program, for each real part that this machine does not have."""
    return {
        marker: names[0]
        for marker, names in REAL_PARTS.items()
        if not any(shutil.which(name) for name in names)
    }


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark whoever asks for a broker as `kafka`."""
    for item in items:
        if BROKER_FIXTURES.intersection(getattr(item, "fixturenames", ())):
            item.add_marker("kafka")


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Leave out a test whose real part is absent and remember it; with CI=true it fails."""
    for marker, program in absent_parts().items():
        if item.get_closest_marker(marker) is None:
            continue
        if os.environ.get("CI") == "true":
            pytest.fail(f"{program} is not installed, and with CI=true nothing is left out")
        left_out = item.config.stash.setdefault(LEFT_OUT, {})
        left_out[program] = left_out.get(program, 0) + 1
        pytest.skip(f"{program} is not installed")


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Say loudly what was not tested."""
    left_out = config.stash.get(LEFT_OUT, {})
    if left_out:
        parts = ", ".join(f"{program} ({count} tests)" for program, count in left_out.items())
        terminalreporter.write_sep(
            "!", f"LEFT OUT, not installed here: {parts}", red=True, bold=True
        )
