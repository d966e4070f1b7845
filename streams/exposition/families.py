"""The engine's families as an exposition page, in either format. (Contract 3 and 6.)"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from prometheus_client import CONTENT_TYPE_PLAIN_0_0_4, generate_latest
from prometheus_client.metrics_core import Metric
from prometheus_client.openmetrics import exposition as openmetrics
from prometheus_client.registry import Collector

from streams.engine.samples import Family

Format = Literal["text", "openmetrics"]

CONTENT_TYPES: dict[Format, str] = {
    "text": CONTENT_TYPE_PLAIN_0_0_4,
    "openmetrics": openmetrics.CONTENT_TYPE_LATEST,
}


@dataclass(frozen=True)
class Page(Collector):
    """Metrics that exist already, in the shape that prometheus_client's writers ask for."""

    metrics: Iterable[Metric]

    def collect(self) -> Iterable[Metric]:
        """Return the metrics."""
        return self.metrics


def metric(family: Family) -> Metric:
    """Return `family` as prometheus_client has it."""
    result = Metric(family.name, family.help, family.kind)
    for sample in family.samples:
        result.add_sample(sample.name, sample.labels, sample.value)
    return result


def page(metrics: Iterable[Metric], form: Format) -> bytes:
    """Return the whole page of `metrics`: text 0.0.4 or OpenMetrics 1.0, without `_created`."""
    if form == "openmetrics":
        return bytes(openmetrics.generate_latest(Page(metrics)))
    return generate_latest(Page(metrics))


def metrics(families: Iterable[Family]) -> Iterator[Metric]:
    """Return `families` one by one as prometheus_client has them."""
    return map(metric, families)


def render(families: Iterable[Family], form: Format) -> bytes:
    """Return the page of `families`.

    Form "text" is Prometheus text 0.0.4, "openmetrics" is OpenMetrics 1.0. Only OpenMetrics
    knows gauge histograms; text shows one as a histogram with `_gcount` and `_gsum` as gauges.
    """
    return page(metrics(families), form)


def negotiate(accept: str) -> Format:
    """Return the format that fits an Accept header: OpenMetrics where it is asked for.

    Whatever OpenMetrics version is asked for, 1.0 is what we write and how we label it.
    """
    kinds = (part.partition(";")[0].strip() for part in accept.split(","))
    return "openmetrics" if "application/openmetrics-text" in kinds else "text"
