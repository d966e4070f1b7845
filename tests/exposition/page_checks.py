"""What a page of metrics has to be, where promtool and the strict parser do not look.

Each check yields a line a fault. `faults` runs all of them on a page as it travels.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from functools import cache
from itertools import groupby, pairwise
from math import isfinite
from typing import Final

import yaml
from prometheus_client.utils import floatToGoString

from streams.exposition.families import Format
from tests.exposition.exposed import EOF, SUFFIXES, About, Exposed, Labels, Sample, exposed
from tests.house.repository import ROOT

METRICS_PAGE: Final = ROOT / "docs" / "reference" / "metrics.md"
PROMETHEUS: Final = ROOT / "deploy" / "prometheus" / "prometheus.yml"

# Names that belong to Prometheus' targets, to quantiles or to nobody.
RESERVED: Final = {
    *("az", "cluster", "customer", "datacenter", "dc", "env", "environment", "instance", "job"),
    *("owner", "quantile", "region", "service", "stage", "type", "zone"),
}
PARTS: Final = re.compile("_(bucket|g?count|g?sum)$")
BOUND: Final = "le"

Check = Callable[[Exposed], Iterator[str]]


def faults(page: bytes, form: Format) -> list[str]:
    """Return every fault of a page, after the name of the check that finds it."""
    try:
        read = exposed(page, form)
    except UnicodeDecodeError as error:
        return [f"utf-8: {error}"]
    return [f"{name}: {fault}" for name, check in CHECKS.items() for fault in check(read)]


def lines(page: Exposed) -> Iterator[str]:
    """Only what the format knows, to the end: one newline at the end, OpenMetrics' mark once."""
    yield from map(repr, page.strange)
    if not page.text.endswith("\n") or page.text.endswith("\n\n"):
        yield f"ends with {page.text[-20:]!r}"
    marks = page.text.splitlines().count(EOF)
    wanted = int(page.form == "openmetrics")
    if marks != wanted or (wanted and not page.text.endswith(f"\n{EOF}\n")):
        yield f"{marks} times {EOF}, or not as the last line"


def series(page: Exposed) -> Iterator[str]:
    """No series twice: Prometheus would keep one of the two."""
    counts = Counter(sample.series for sample in page.samples)
    for (name, labels), count in counts.items():
        if count > 1:
            yield f"{name}{dict(sorted(labels))} {count} times"


def families(page: Exposed) -> Iterator[str]:
    """Help and type once a family, in this order, then its samples and no others."""
    heads = [line for line in page.lines if isinstance(line, About)]
    for (what, family), count in Counter((line.what, line.family) for line in heads).items():
        if count > 1:
            yield f"{what} of {family} {count} times"
    before: list[About] = []
    for line in page.lines:
        if isinstance(line, About):
            before = [*before[-1:], line]
        elif not _announced(page, before, line):
            yield f"{line} after {[head[:2] for head in before]}"
    for line in heads:
        if line.what == "HELP" and not line.text.strip():
            yield f"{line.family} without help"


def _announced(page: Exposed, before: list[About], sample: Sample) -> bool:
    """Return whether the two lines before the samples are help and type of this one's family."""
    family = before[-1].family if before else ""
    known = SUFFIXES[page.form].get(before[-1].text, ()) if before else ()
    return [line[:2] for line in before] == [("HELP", family), ("TYPE", family)] and (
        sample.name in {family + suffix for suffix in known}
    )


def buckets(page: Exposed) -> Iterator[str]:
    """Bounds ascend to +Inf, counts do not fall, and the last one is the count of all."""
    values = {sample.series: sample.value for sample in page.samples}
    for (name, labels), found in _buckets(page).items():
        where = f"{name}{dict(labels)}"
        bounds = [dict(sample.labels)[BOUND] for sample in found]
        numbers, counts = list(map(float, bounds)), [float(sample.value) for sample in found]
        if any(bound != str(floatToGoString(bound)) for bound in bounds):
            yield f"{where} has bounds {bounds}, not as Prometheus writes them"
        if any(after <= before for before, after in pairwise(numbers)):
            yield f"{where} has bounds {bounds}, which do not ascend"
        if any(after < before for before, after in pairwise(counts)):
            yield f"{where} has counts {counts}, which fall"
        if bounds[-1] != "+Inf":
            yield f"{where} does not end with +Inf"
        for count, total in (("_count", "_sum"), ("_gcount", "_gsum")):
            shown = values.get((name + count, frozenset(labels)))
            if (shown is None) != ((name + total, frozenset(labels)) not in values):
                yield f"{where} has one of {count} and {total}"
            if shown is not None and float(shown) != counts[-1]:
                yield f"{where} counts {shown}, its buckets {counts[-1]:g}"
        if not any((name + each, frozenset(labels)) in values for each in ("_count", "_gcount")):
            yield f"{where} has no count"


def _buckets(page: Exposed) -> dict[tuple[str, Labels], list[Sample]]:
    """Return the buckets of each histogram by its name and labels, as they are written."""
    found: dict[tuple[str, Labels], list[Sample]] = defaultdict(list)
    for sample in page.samples:
        if sample.name.endswith("_bucket"):
            name, labels = sample.series
            others = tuple(sorted(each for each in labels if each[0] != BOUND))
            found[name.removesuffix("_bucket"), others].append(sample)
    return found


def together(page: Exposed) -> Iterator[str]:
    """The buckets of one histogram stand together."""
    whose = (
        (sample.name, tuple(each for each in sample.labels if each[0] != BOUND))
        for sample in page.samples
        if sample.name.endswith("_bucket")
    )
    for histogram, count in Counter(key for key, _ in groupby(whose)).items():
        if count > 1:
            yield f"{histogram} in {count} places"


def labels(page: Exposed) -> Iterator[str]:
    """Names that Prometheus leaves to metrics, each once, and values that it takes."""
    limit = scrape_limits()["label_value_length_limit"]
    for sample in page.samples:
        names = sample.label_names
        reserved = RESERVED.intersection(names)
        bound = BOUND in names
        if (
            reserved
            or len(set(names)) < len(names)
            or not all(re.fullmatch("(?!__)[a-zA-Z_][a-zA-Z0-9_]*", name) for name in names)
            or bound != sample.name.endswith("_bucket")
        ):
            yield f"names of {sample}"
        if any(len(value.encode()) > limit for _, value in sample.labels):
            yield f"a value of more than {limit} bytes in {sample}"


def values(page: Exposed) -> Iterator[str]:
    """Finite numbers without timestamps or exemplars; what counts is not below 0."""
    types = page.types
    for sample in page.samples:
        value = _number(sample.value)
        if value is None or not isfinite(value) or sample.rest:
            yield str(sample)
        elif value < 0 and (
            types.get(sample.name) == "counter"
            or re.search("_(total|bucket|g?count|info)$", sample.name)
        ):
            yield f"below 0: {sample}"


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def documented(page: Exposed) -> Iterator[str]:
    """Every family is in the reference, with these labels."""
    reference = documented_labels()
    for sample in page.samples:
        name = sample.name.replace("helpdesk_previous_", "helpdesk_rolling_")
        told = reference.get(name, reference.get(PARTS.sub("", name)))
        if told is None:
            yield f"{sample.name} is not in {METRICS_PAGE.name}"
        elif told != frozenset(sample.label_names) - {BOUND}:
            yield f"{sample} has not the labels {sorted(told)}"


def budget(page: Exposed) -> Iterator[str]:
    """No more series than the checked-in Prometheus takes of a worker."""
    count, limit = sum(1 for _ in page.samples), scrape_limits()["sample_limit"]
    if count > limit:
        yield f"{count} samples, {limit} are taken"


CHECKS: Final[dict[str, Check]] = {
    check.__name__: check
    for check in (lines, series, families, buckets, together, labels, values, documented, budget)
}


@cache
def documented_labels() -> dict[str, frozenset[str]]:
    """Return the labels of each family of the reference."""
    text = METRICS_PAGE.read_text("utf-8")
    column = 0
    found: dict[str, frozenset[str]] = {}
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.split("|")]
        if "labels" in cells:
            column = cells.index("labels")
        elif line.startswith("| `"):
            found[cells[1].strip("`")] = frozenset(re.findall(r"`(\w+)`", cells[column]))
    return found


@cache
def scrape_limits() -> dict[str, int]:
    """Return the limits of the checked-in job that scrapes the workers."""
    jobs = yaml.safe_load(PROMETHEUS.read_text("utf-8"))["scrape_configs"]
    return next(
        {name: value for name, value in job.items() if name.endswith("_limit")}
        for job in jobs
        if job["job_name"] == "deskpulse"
    )
