"""`deskpulse demo` from end to end: real Kafka, real workers, real kills; nothing stays."""

import os
import re
import signal
import socket
from collections.abc import Callable
from pathlib import Path
from time import monotonic, sleep

import httpx
import pytest

from streams.demo.broker import Cluster
from tests.demo.terminal import PATIENCE_SECONDS, Terminal, terminal

pytestmark = [pytest.mark.kafka, pytest.mark.slow]

PARTITION = 'helpdesk_pipeline_partition_recovered{partition="'
EQUAL = "equal to the batch evaluation: yes"


def nothing_stays(program: Terminal) -> None:
    """No process, no file."""
    assert program.processes() == []
    assert program.files() == []


def wait_until(fact: Callable[[], object]) -> None:
    """Wait for a fact about processes or files."""
    deadline = monotonic() + PATIENCE_SECONDS
    while not fact():
        assert monotonic() < deadline
        sleep(0.1)


def test_a_worker_dies_and_the_numbers_stay_equal(tmp_path: Path) -> None:
    """Equal; killed by a key; taken over and equal; started again and equal; then Ctrl-C."""
    with terminal(tmp_path, "demo", "--no-browser") as program:
        begin = program.until("Press k to kill a worker")
        page, *metrics = re.findall(r"http://127\.0\.0\.1:\d+(?:/metrics)?", begin)
        assert len(metrics) == 2
        program.until(EQUAL)
        assert "<title>Deskpulse live</title>" in httpx.get(page).text
        assert all("helpdesk_tickets_unresolved" in httpx.get(one).text for one in metrics)
        program.press("k")
        program.until("counted again")
        program.until(EQUAL)
        program.press("s")
        program.until(EQUAL)
        wait_until(lambda: all(PARTITION in httpx.get(one).text for one in metrics))
        program.process.send_signal(signal.SIGINT)
        assert program.end() == 0
        assert re.search(r"equal to the batch evaluation in (\d+) of \1 checks", program.output)
        nothing_stays(program)


def test_it_ends_by_itself_on_a_kafka_that_is_given(tmp_path: Path, broker: Cluster) -> None:
    """There it works under a name of its own, and takes its topics away."""
    given = {"DESKPULSE_KAFKA_BOOTSTRAP_SERVERS": broker.bootstrap_servers}
    with terminal(tmp_path, "demo", "--no-browser", "--duration", "1s", given=given) as program:
        assert program.end() == 0
        assert "yours; topics deskpulse-demo-" in program.output
        assert "nothing is left behind" in program.output
        nothing_stays(program)


def test_a_port_that_is_taken_is_named(tmp_path: Path) -> None:
    """Before anything is started."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        with terminal(tmp_path, "demo", "--port", str(port)) as program:
            assert program.end() == 1
            assert f"Somebody listens on port {port} already." in program.output
            nothing_stays(program)


def is_starting(program: Terminal) -> None:
    """Wait until the broker is being started."""
    program.until("Starting the broker")


def has_workers(program: Terminal) -> None:
    """Wait until the workers run."""
    program.until("topics")
    wait_until(lambda: sum("worker" in " ".join(p.cmdline()) for p in program.processes()) == 2)


@pytest.mark.parametrize("moment", [is_starting, has_workers])
@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_at_any_time_leaves_nothing(
    tmp_path: Path, moment: Callable[[Terminal], None], ending: signal.Signals
) -> None:
    with terminal(tmp_path, "demo", "--no-browser") as program:
        moment(program)
        program.process.send_signal(ending)
        program.end()
        nothing_stays(program)


def test_a_closed_terminal_leaves_nothing(tmp_path: Path) -> None:
    with terminal(tmp_path, "demo", "--no-browser") as program:
        has_workers(program)
        program.hang_up()
        os.kill(program.process.pid, signal.SIGHUP)
        program.end()
        nothing_stays(program)


def test_not_even_a_killed_demo_leaves_processes(tmp_path: Path) -> None:
    """Broker and workers end with it, as does a check under way."""
    with terminal(tmp_path, "demo", "--no-browser") as program:
        has_workers(program)
        program.process.kill()
        program.process.wait()
        wait_until(lambda: program.processes() == [])
