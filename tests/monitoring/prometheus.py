"""A real Prometheus on a free port of this machine, and what it answers."""

import json
import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import Any, Final
from urllib.parse import urlencode
from urllib.request import urlopen

import yaml

# Another Prometheus than the one on PATH, such as a current one.
PROGRAM: Final = "DESKPULSE_TEST_PROMETHEUS"
ADDRESS: Final = re.compile(r'msg="Listening on".* address=(\S+)')
PATIENCE: Final = 60.0

Labels = tuple[tuple[str, str], ...]
Vector = dict[Labels, float]


class Prometheus:
    """A running Prometheus. Instants are seconds since the epoch."""

    def __init__(self, address: str) -> None:
        self.address = address

    def answer(self, path: str, **parameters: str | float) -> Any:
        """Return the data of an answer of the HTTP API."""
        url = f"{self.address}/api/v1/{path}?{urlencode(parameters)}"
        with urlopen(url, timeout=PATIENCE) as answer:  # noqa: S310 (our own Prometheus)
            return json.load(answer)["data"]

    def query(self, promql: str, at: float | None = None) -> Vector:
        """Return what an expression gives at an instant, by its labels; a number has none."""
        data = self.answer("query", query=promql, **({} if at is None else {"time": at}))
        if data["resultType"] == "scalar":
            return {(): float(data["result"][1])}
        return {labels(each["metric"]): float(each["value"][1]) for each in data["result"]}

    def query_range(
        self, promql: str, *, start: float, end: float, step: float
    ) -> dict[Labels, list[tuple[float, float]]]:
        """Return what an expression gives between two instants: (instant, value) by its labels."""
        data = self.answer("query_range", query=promql, start=start, end=end, step=step)
        return {
            labels(each["metric"]): [(float(at), float(value)) for at, value in each["values"]]
            for each in data["result"]
        }

    def until(self, promql: str, wanted: float) -> None:
        """Wait until an expression without labels gives a number."""
        deadline = time.monotonic() + PATIENCE
        while (found := self.query(promql)) != {(): wanted}:
            if time.monotonic() > deadline:
                raise TimeoutError(f"{promql} gives {found}, not {wanted}")
            time.sleep(0.2)


def labels(metric: Mapping[str, str]) -> Labels:
    """Return the labels of a series in order, its name among them."""
    return tuple(sorted(metric.items()))


@contextmanager
def prometheus(
    directory: Path,
    configuration: Mapping[str, Any],
    *options: str,
    listen: str = "127.0.0.1:0",
) -> Iterator[Prometheus]:
    """Run Prometheus with a configuration until the block ends; data are in `directory`/data.

    `options` are further ones of the program. Raises AssertionError with its log if it does not
    start.
    """
    file = directory / "prometheus.yml"
    file.write_text(yaml.safe_dump(dict(configuration), sort_keys=False), "utf-8")
    program = os.environ.get(PROGRAM) or shutil.which("prometheus")
    assert program is not None, "prometheus is not installed"
    command = [
        program,
        f"--config.file={file}",
        f"--storage.tsdb.path={directory / 'data'}",
        "--storage.tsdb.retention.time=10y",
        f"--web.listen-address={listen}",
        *options,
    ]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        lines: list[str] = []
        reader = None
        try:
            for line in process.stderr:
                lines.append(line)
                if "Server is ready to receive web requests" in line:
                    break
            reader = Thread(target=lines.extend, args=(process.stderr,))
            reader.start()
            yield Prometheus(f"http://{_address(lines)}")
        finally:
            process.send_signal(signal.SIGTERM)
            if reader is not None:
                reader.join(PATIENCE)


def _address(lines: list[str]) -> str:
    """Return where it listens; with port 0 the socket's own address is only in the log."""
    found = [match[1] for line in lines if (match := ADDRESS.search(line))]
    assert found, "".join(lines)
    return found[-1]
