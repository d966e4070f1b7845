"""A chat that takes messages by webhook, and a real Alertmanager that sends them."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from queue import Queue
from threading import Thread
from typing import Any, Final
from urllib.request import Request, urlopen

import yaml

from tests.monitoring.hurry import hurried
from tests.rules.tools import DEPLOY

CONFIGURATION: Final = DEPLOY / "alertmanager" / "alertmanager.yml"
LISTENING: Final = re.compile(r'msg="Listening on".* address=(\S+)')
SECONDS: Final = 20.0
Message = dict[str, Any]


@contextmanager
def chat() -> Iterator[tuple[str, "Queue[Message]"]]:
    """Serve an incoming webhook; give its address and the messages that come."""
    messages: Queue[Message] = Queue()

    class Webhook(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            messages.put(json.loads(body))
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"ok")

        def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Webhook) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/", messages
        finally:
            server.shutdown()
            thread.join()


@contextmanager
def alertmanager(directory: Path, chat_address: str) -> Iterator[str]:
    """Run Alertmanager with the checked-in configuration; give its address."""
    shutil.copytree(CONFIGURATION.parent, directory, dirs_exist_ok=True)
    address_file = directory / "chat-url"
    address_file.write_text(chat_address, "utf-8")
    text = CONFIGURATION.read_text("utf-8").replace(
        "/etc/alertmanager/chat-url", str(address_file)
    )
    configuration = directory / "alertmanager.yml"
    configuration.write_text(yaml.safe_dump(hurried(yaml.safe_load(text))), "utf-8")
    # The name of the project, else that of the Debian package.
    program = shutil.which("alertmanager") or "prometheus-alertmanager"
    with subprocess.Popen(
        [
            program,
            f"--config.file={configuration}",
            f"--storage.path={directory / 'data'}",
            "--web.listen-address=127.0.0.1:0",
            "--cluster.listen-address=",
        ],
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr is not None
        lines: list[str] = []
        reader = None
        try:
            for line in process.stderr:
                lines.append(line)
                if match := LISTENING.search(line):
                    reader = Thread(target=lines.extend, args=(process.stderr,))
                    reader.start()
                    yield f"http://{match[1]}"
                    break
            else:
                raise AssertionError("".join(lines))
        finally:
            process.terminate()
            if reader is not None:
                reader.join(SECONDS)


def send(address: str, *alerts: dict[str, Any]) -> None:
    """Send alerts as Prometheus does."""
    body = json.dumps(alerts).encode()
    request = Request(  # noqa: S310 (our own Alertmanager)
        f"{address}/api/v2/alerts", body, {"Content-Type": "application/json"}
    )
    with urlopen(request, timeout=SECONDS) as answer:  # noqa: S310 (the same)
        assert answer.status == 200


def shown(address: str) -> list[dict[str, Any]]:
    """Return the alerts that Alertmanager has."""
    with urlopen(f"{address}/api/v2/alerts", timeout=SECONDS) as answer:  # noqa: S310 (the same)
        found: list[dict[str, Any]] = json.load(answer)
        return found


def ended(alert: dict[str, Any]) -> dict[str, Any]:
    """Return an alert that is over."""
    return {**alert, "endsAt": (datetime.now(UTC) - timedelta(seconds=1)).isoformat()}
