"""PromQL: sums over workers first, divisions last, one window pinned."""

from typing import Final

from streams.kpis.kpi import COUNTS, LEVEL, ROLLING, SECONDS, Described, Kpi, Level, Query

# Every configuration of windows that we know of has it, those of SLAs too.
WINDOW: Final = "7d"
# Series that differ in these are not of one kind, or not meant to be added up.
APART: Final = ("scale", "currency", "within", "period", "agent")


def rolling(family: str, **labels: str) -> str:
    """Return the selector of a rolling sample."""
    return selector(ROLLING + family, **labels, window=WINDOW)


def level(family: str, **labels: str) -> str:
    """Return the selector of a sample without a window."""
    return selector(LEVEL + family, **labels)


def selector(name: str, **labels: str) -> str:
    """Return a selector; `le` is written as a float, as it is exposed."""
    pinned = ",".join(f'{label}="{value}"' for label, value in labels.items())
    return f"{name}{{{pinned}}}" if pinned else name


def total(selected: str, *by: str) -> str:
    """Return the sum over workers and labels but `by`."""
    return f"sum by ({', '.join(by)}) ({selected})" if by else f"sum({selected})"


def mean(title: str, family: str, *by: str, **labels: str) -> Query:
    """Return the mean of what a histogram observed."""
    sums = total(rolling(family + "_gsum", **labels), *by)
    return Query(title, f"{sums} / {total(rolling(family + '_gcount', **labels), *by)}")


def quantile(title: str, share_below: float, family: str, *by: str) -> Query:
    """Return a quantile, as exact as the buckets are narrow."""
    buckets = total(rolling(family + "_bucket"), "le", *by)
    return Query(title, f"histogram_quantile({share_below}, {buckets})")


def share(title: str, part: str, whole: str, *by: str) -> Query:
    """Return one family divided by another of the same fact, nothing where the whole is 0.

    Wherever the whole is shown the part is, 0 included.
    """
    return Query(
        title, f"{total(rolling(part), *by)} / ({total(rolling(whole), *by)} > 0)", "ratio"
    )


def ratio(title: str, part: str, whole: str, *by: str) -> Query:
    """Return one family divided by another of another fact, which may show no part of it.

    Where the whole is 0 there is nothing.
    """
    parts, wholes = total(rolling(part), *by), total(rolling(whole), *by)
    return Query(title, f"{or_zero(parts, wholes)} / ({wholes} > 0)", "ratio")


def or_zero(sum_of_parts: str, sum_of_wholes: str) -> str:
    """Return a sum that is 0, and not absent, where there is a whole but nothing of the part."""
    return f"({sum_of_parts} or 0 * {sum_of_wholes})"


def above(title: str, family: str, bound: str, scale: str) -> Query:
    """Return the share of answers with a score above a bound."""
    low = total(rolling(family + "_bucket", scale=scale, le=bound))
    return Query(title, f"1 - {low} / {total(rolling(family + '_gcount', scale=scale))}", "ratio")


def queries(record: Described) -> tuple[Query, ...]:
    """Return what gives the numbers of a family that a person wants, the usual ones first."""
    if isinstance(record, Level):
        return record.queries or (of_level(record),)
    assert isinstance(record, Kpi)
    extra = tuple(label for label, _ in record.extra)
    by = tuple(label for label in (*record.labels, *extra) if label in APART)
    family = record.family
    usual: tuple[Query, ...]
    if record.windows == "ever":
        usual = (Query(record.title, total(level(family), *by)),)
    elif record.buckets is None:
        usual = (Query(record.title, total(rolling(family), *by)),)
    elif record.buckets == SECONDS:
        usual = (
            mean("Mean", family, *by),
            quantile("Median", 0.5, family, *by),
            quantile("90 % are within", 0.9, family, *by),
        )
    elif record.buckets == COUNTS:
        usual = (
            mean("Mean", family, *by),
            Query(
                "Share with at most one",
                f"{total(rolling(family + '_bucket', le='1.0'))} / "
                f"{total(rolling(family + '_gcount'))}",
                "ratio",
            ),
        )
    else:
        usual = (mean("Mean", family, *by),)
    return usual + record.queries


def of_level(record: Level) -> Query:
    """Return the level over all workers."""
    selected = rolling(record.family) if record.rolling else level(record.family)
    if record.aggregate == "sum":
        return Query(record.title, total(selected))
    return Query(record.title, f"{record.aggregate} by ({', '.join(record.labels)}) ({selected})")
