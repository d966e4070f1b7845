"""The oracle as a program: `python -m tests.oracle --config F --at T FILE`.

Reads JSON lines (`-` is standard input) and prints the samples at T as `deskpulse replay` does
with `--format json`. The demo compares the workers' numbers with it.
"""

import argparse
import json
import sys
from pathlib import Path

from schemas.decode import decode
from schemas.rejected import Rejected
from schemas.scalars import instant
from schemas.settings_check import load_settings
from tests.oracle.evaluation import evaluate


def main() -> None:
    """Evaluate the events of a file at one instant."""
    parser = argparse.ArgumentParser(prog="python -m tests.oracle")
    parser.add_argument("--config", type=Path, required=True)
    parser.add_argument("--at", type=instant, required=True, help="RFC 3339")
    parser.add_argument("--format", choices=["json"], default="json")
    parser.add_argument("file")
    options = parser.parse_args()
    settings = load_settings(options.config.read_text("utf-8"), {}, str(options.config))
    with sys.stdin.buffer if options.file == "-" else Path(options.file).open("rb") as lines:
        decoded = [decode(line) for line in lines]
    events = [event for event in decoded if not isinstance(event, Rejected)]
    found = evaluate(events, settings.policy, options.at)
    samples = [
        {"name": name, "labels": dict(labels), "value": float(value)}
        for (name, labels), value in found.items()
    ]
    json.dump({"samples": samples}, sys.stdout)


if __name__ == "__main__":
    main()
