"""Channels: whether they are available, and for how long of what was promised.

Promised is the open time of the channel's calendar, else of the business calendar, else all
time, from the channel's first event on; available is that part of it in which the channel was
available. Both are integrals over [start of the window, t]. (Contract 3; 7, ruling 29.)
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from schemas.policy import Policy
from streams.clocks.local_days import CALENDAR_WINDOWS, LocalDays
from streams.clocks.windows import WINDOWS, window_start
from streams.engine.samples import Family, Sample, quotient
from streams.entities.rules import Rules
from streams.kpis.availability import AVAILABLE, AVAILABLE_SECONDS, PROMISED_SECONDS
from streams.kpis.kpi import PREVIOUS, ROLLING

Steps = Sequence[tuple[int, bool]]

MEASURED: Final = (AVAILABLE_SECONDS, PROMISED_SECONDS)


def channel_families(channels: Mapping[str, Steps], rules: Rules, t: int) -> Iterator[Family]:
    """Yield the families of channels at t; those that share a label add up."""
    if not channels:
        return
    policy = rules.policy
    now: dict[str, int] = {}
    for channel, steps in channels.items():
        label = _label(rules, channel)
        now[label] = now.get(label, 0) + int(steps[-1][1])
    name = AVAILABLE.name
    samples = [Sample(name, {"channel": label}, value) for label, value in now.items()]
    yield Family(name, "gauge", AVAILABLE.help, samples)
    for prefix, spans in (
        (ROLLING, current_spans(policy, t)),
        (PREVIOUS, previous_spans(policy, t)),
    ):
        sums: list[dict[tuple[str, str], int]] = [{} for _ in MEASURED]
        for window, (start, end) in spans.items():
            for channel, steps in channels.items():
                key = (_label(rules, channel), window)
                spent = measured(rules, channel, steps, start, end)
                for total, value in zip(sums, spent, strict=True):
                    total[key] = total.get(key, 0) + value
        for level, total in zip(MEASURED, sums, strict=True):
            if total:
                name = prefix + level.family
                samples = [
                    Sample(name, {"channel": label, "window": window}, quotient(value, 1000))
                    for (label, window), value in total.items()
                ]
                yield Family(name, "gauge", level.help, samples)


def current_spans(policy: Policy, t: int) -> dict[str, tuple[int, int]]:
    """Return begin and end of the windows at t, calendar windows included."""
    spans = {window: (window_start(window, t), t) for window in policy.windows}
    if policy.calendar_windows is not None:
        days = LocalDays(policy.calendar_windows)
        spans |= {window: (days.start(window, t), t) for window in CALENDAR_WINDOWS}
    return spans


def previous_spans(policy: Policy, t: int) -> dict[str, tuple[int, int]]:
    """Return begin and end of the windows before those at t."""
    starts = {window: window_start(window, t) for window in policy.previous_windows}
    return {window: (start - WINDOWS[window], start) for window, start in starts.items()}


def measured(rules: Rules, channel: str, steps: Steps, start: int, end: int) -> tuple[int, int]:
    """Return available and promised milliseconds of a channel in [start, end]."""
    clock = rules.channel_clocks.get(channel, rules.business)
    available = promised = 0
    for number, (at, is_available) in enumerate(steps):
        until = steps[number + 1][0] if number + 1 < len(steps) else end
        begin, until = max(at, start), min(until, end)
        if until > begin:
            part = until - begin if clock is None else clock.open_between(begin, until)
            promised += part
            available += part if is_available else 0
    return available, promised


def _label(rules: Rules, channel: str) -> str:
    return rules.channel.texts[rules.channel.code(channel)]
