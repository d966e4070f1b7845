"""A page of metrics line by line, as it travels: no parser that mends or merges."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, NamedTuple

from streams.exposition.families import Format

LABEL: Final = r'([^=,{}"]*)="((?:[^"\\\n]|\\.)*)"'
SAMPLE: Final = re.compile(
    rf"([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{{({LABEL}(?:,{LABEL})*,?)?\}})? (\S+)( .*)?"
)
EOF: Final = "# EOF"
# How the names of a family's samples end, by its type.
SUFFIXES: Final[dict[Format, dict[str, tuple[str, ...]]]] = {
    "openmetrics": {
        "gauge": ("",),
        "counter": ("_total",),
        "info": ("_info",),
        "histogram": ("_bucket", "_count", "_sum"),
        "gaugehistogram": ("_bucket", "_gcount", "_gsum"),
    },
    "text": {
        "gauge": ("",),
        "counter": ("",),
        "histogram": ("_bucket", "_count", "_sum"),
    },
}

Labels = tuple[tuple[str, str], ...]
Series = tuple[str, frozenset[tuple[str, str]]]


class About(NamedTuple):
    """A line about a family; `what` is HELP or TYPE."""

    what: str
    family: str
    text: str


class Sample(NamedTuple):
    """A line with a value, as it is written; `rest` is what follows the value."""

    name: str
    labels: Labels
    value: str
    rest: str

    @property
    def series(self) -> Series:
        """What identifies it to Prometheus: an empty label is none."""
        return self.name, frozenset((name, value) for name, value in self.labels if value)

    @property
    def label_names(self) -> list[str]:
        """The names of its labels as they are written."""
        return [name for name, _ in self.labels]

    def __str__(self) -> str:
        inside = ",".join(f'{name}="{value}"' for name, value in self.labels)
        return f"{self.name}{{{inside}}} {self.value}{self.rest}"


@dataclass(frozen=True)
class Exposed:
    """A page: its lines in order, and those that are none of the format's."""

    form: Format
    text: str
    lines: tuple[About | Sample, ...]
    strange: tuple[str, ...]

    @property
    def samples(self) -> Iterator[Sample]:
        """The samples in order."""
        return (line for line in self.lines if isinstance(line, Sample))

    @property
    def types(self) -> dict[str, str]:
        """Type by family."""
        return {
            line.family: line.text
            for line in self.lines
            if isinstance(line, About) and line.what == "TYPE"
        }


def exposed(page: bytes, form: Format) -> Exposed:
    """Return a page by its lines. Raises UnicodeDecodeError if it is not UTF-8."""
    text = page.decode("utf-8")
    lines: list[About | Sample] = []
    strange: list[str] = []
    for line in text.splitlines():
        words = line.split(" ", 3)
        if line.startswith("# ") and len(words) == 4 and words[1] in {"HELP", "TYPE"}:
            lines.append(About(*words[1:]))
        elif match := SAMPLE.fullmatch(line):
            lines.append(
                Sample(
                    match[1], tuple(re.findall(LABEL, match[2] or "")), match[7], match[8] or ""
                )
            )
        elif line != EOF:
            strange.append(line)
    return Exposed(form, text, tuple(lines), tuple(strange))
