"""Totals of windows -> families of the rolling KPIs."""

from collections.abc import Callable, Iterator, Sequence

from streams.engine.rings import EVER
from streams.engine.samples import Family, Kind, Sample, bound_text, quotient
from streams.engine.sums import Totals
from streams.kpis.kpi import LEVEL, PREVIOUS, ROLLING, Kpi, bounds, unit_of

# (fact type, label, code) -> text
LabelText = Callable[[int, str, int], str]


def rolling_families(
    kpis: Sequence[Kpi],
    totals: Sequence[Totals],
    text: LabelText,
) -> Iterator[Family]:
    """Yield the families of the catalogue, in its order, with the samples that there are."""
    found: dict[str, list[Sample]] = {}
    for total in totals:
        prefix = prefix_of(total)
        cells = total.cells.tolist()
        for block, codes, first in total.series:
            width = block.width(codes)
            part = cells[first : first + width]
            if not any(part):
                continue
            scale = block.scale_of(codes)
            labels = {
                name: text(block.fact, name, code)
                for name, code in zip(block.labels, codes, strict=True)
            }
            if total.window != EVER:
                labels["window"] = total.window
            for kpi, offset in zip(block.kpis, block.offsets, strict=True):
                name = prefix + kpi.family
                samples = found.setdefault(name, [])
                own = {**labels, **dict(kpi.extra)} if kpi.extra else labels
                cell = part[offset : offset + block.width_of(kpi, scale)]
                _append(samples, name, kpi, own, scale, cell)
    for prefix, when in (
        (LEVEL, ""),
        (ROLLING, ""),
        (PREVIOUS, " In the window before the current one."),
    ):
        for kpi in _by_family(kpis):
            name = prefix + kpi.family
            if name in found:
                kind: Kind = "gauge" if kpi.buckets is None else "gaugehistogram"
                yield Family(name, kind, kpi.help + when, found[name])


def prefix_of(total: Totals) -> str:
    """Return what the names of families of these totals begin with."""
    if total.window == EVER:
        return LEVEL
    return PREVIOUS if total.previous else ROLLING


def _append(
    samples: list[Sample],
    name: str,
    kpi: Kpi,
    labels: dict[str, str],
    scale: str,
    cells: list[int],
) -> None:
    unit = unit_of(kpi, labels.get("currency", ""))
    if kpi.buckets is None:
        samples.append(Sample(name, labels, quotient(cells[0], unit)))
        return
    count = 0
    bucket = name + "_bucket"
    for bound, cell in zip(bounds(kpi, scale), cells[1:-1], strict=True):
        count += cell
        samples.append(Sample(bucket, {**labels, "le": bound_text(bound, unit)}, count))
    count += cells[-1]
    samples.append(Sample(bucket, {**labels, "le": "+Inf"}, count))
    samples.append(Sample(name + "_gcount", labels, count))
    samples.append(Sample(name + "_gsum", labels, quotient(cells[0], unit)))


def _by_family(kpis: Sequence[Kpi]) -> Iterator[Kpi]:
    seen: set[str] = set()
    for kpi in kpis:
        if kpi.family not in seen:
            seen.add(kpi.family)
            yield kpi
