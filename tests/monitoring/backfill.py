"""A real Prometheus that has watched a helpdesk for a day: its scrapes and its recordings."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import yaml

from schemas.scalars import SECOND
from schemas.settings import Settings
from streams.artifacts.rules import RECORDINGS, rule_groups
from tests.monitoring.history import END, SPAN, Wanted, scrapes
from tests.monitoring.prometheus import Prometheus, prometheus
from tests.rules.tools import run

# One block holds all; else promtool reads the file anew for every two hours.
BLOCK: Final = "--max-block-duration=720h"

NAME: Final = re.compile(r"[a-zA-Z_:][\w:]*")
WINDOW: Final = re.compile(r'window=~?"([^"]*)"')
Rule = Mapping[str, Any]


@contextmanager
def watched(
    directory: Path, settings: Settings, queries: Sequence[str], step: int
) -> Iterator[Prometheus]:
    """Run a Prometheus that can answer these queries about the day before END.

    It holds what they mention, in the windows that they mention, and nothing else. KPIs were
    seen every `step` milliseconds; each stays visible until it is seen again.
    """
    look_back = f"--query.lookback-delta={step}ms"
    layers = in_layers(queries, rule_groups(settings)[RECORDINGS][0]["rules"])
    lines = directory / "scrapes.txt"
    with lines.open("w", encoding="utf-8") as file:
        kept = wanted([*queries, *(rule["expr"] for layer in layers for rule in layer)])
        file.writelines(scrapes(settings, kept, step))
    blocks_from("openmetrics", BLOCK, str(lines), str(directory / "data"))
    for layer in layers:
        with prometheus(directory, {}, look_back) as server:
            record(directory, layer, server.address, step)
    with prometheus(directory, {}, look_back) as server:
        yield server


def wanted(expressions: Iterable[str]) -> Wanted:
    """Return what expressions mention."""
    text = "\n".join(expressions)
    windows = (window for choice in WINDOW.findall(text) for window in choice.split("|"))
    return Wanted(frozenset(NAME.findall(text)), frozenset(windows))


def in_layers(queries: Iterable[str], rules: Iterable[Rule]) -> list[list[Rule]]:
    """Return the recordings that queries need, those first that others are made of."""
    known = {rule["record"]: rule for rule in rules}
    layers: list[list[Rule]] = []
    texts = list(queries)
    while names := known.keys() & {name for text in texts for name in NAME.findall(text)}:
        layer = [known[name] for name in sorted(names)]
        layers = [[rule for rule in other if rule not in layer] for other in layers]
        layers.insert(0, layer)
        texts = [rule["expr"] for rule in layer]
    return layers


def record(directory: Path, rules: Sequence[Rule], address: str, step: int) -> None:
    """Add to the data what recording rules would have said."""
    file = directory / "recordings.yml"
    group = {"name": "recordings", "rules": [dict(rule) for rule in rules]}
    file.write_text(yaml.safe_dump({"groups": [group]}), "utf-8")
    blocks_from(
        "rules",
        f"--url={address}",
        f"--start={(END - SPAN) // SECOND}",
        f"--end={END // SECOND}",
        f"--eval-interval={step // SECOND}s",
        f"--output-dir={directory / 'data'}",
        str(file),
    )


def blocks_from(kind: str, *arguments: str) -> None:
    """Write blocks of data from a file."""
    run("promtool", "tsdb", "create-blocks-from", "--quiet", kind, *arguments)
