"""One text for what was computed, the same for pages, engines and the oracle."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from fractions import Fraction
from hashlib import blake2b
from typing import Final

from prometheus_client.openmetrics.parser import text_string_to_metric_families

from streams.engine.samples import Family

Numbers = dict[tuple[str, frozenset[tuple[str, str]]], Fraction]

# What a page says about the worker itself.
ABOUT_THE_WORKER: Final = ("helpdesk_pipeline_", "helpdesk_build_")


def of_page(text: str) -> Numbers:
    """Return all samples of an OpenMetrics page, exactly as they are written."""
    return {
        (sample.name, frozenset(sample.labels.items())): Fraction(repr(sample.value))
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def of_families(families: Iterable[Family]) -> Numbers:
    """Return what an engine shows."""
    return {
        (sample.name, frozenset(sample.labels.items())): Fraction(repr(sample.value))
        for family in families
        for sample in family.samples
    }


def of_oracle(samples: Mapping[tuple[str, frozenset[tuple[str, str]]], object]) -> Numbers:
    """Return what the oracle works out."""
    return {key: Fraction(str(value)) for key, value in samples.items()}


def kpis(numbers: Numbers, shown: Callable[[str], bool] = lambda _: True) -> Numbers:
    """Return the numbers about the helpdesk that are not 0, of the families that are `shown`."""
    return {
        (name, labels): value
        for (name, labels), value in numbers.items()
        if value and not name.startswith(ABOUT_THE_WORKER) and shown(name)
    }


def checksum(numbers: Numbers) -> str:
    """Return 16 hexadecimal digits of the numbers."""
    return blake2b("\n".join(lines(numbers)).encode(), digest_size=8).hexdigest()


def lines(numbers: Numbers) -> Iterator[str]:
    """Yield the numbers in their one order."""
    yield from sorted(
        f"{name}{sorted(labels)} {value}" for (name, labels), value in numbers.items()
    )
