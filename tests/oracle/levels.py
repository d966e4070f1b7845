"""Levels: what stands at t, without a window. (Contract 3.)"""

from collections import defaultdict
from collections.abc import Iterator
from fractions import Fraction

from schemas.events import ChannelAvailability, OrderPlaced, OrderRefunded
from schemas.policy import Policy
from schemas.scalars import DAY, minor_units
from tests.oracle.facts import SECONDS, Fact, currency_unit
from tests.oracle.situation import D, Situation
from tests.oracle.windows import Sample, periods, render


def ticket_levels(situation: Situation) -> Iterator[Sample]:
    """Unresolved tickets, their ages, who waits, and tickets without a created event."""
    t = situation.t
    ages: dict[tuple[tuple[str, str], ...], list[Fact]] = defaultdict(list)
    oldest: dict[str, list[int]] = defaultdict(list)
    for ticket in situation.tickets:
        if not ticket.unresolved:
            continue
        labels = situation.labels(ticket, t, *D)
        yield "helpdesk_tickets_unresolved", {"status": ticket.status, **labels}, 1
        aged = {"queue": labels["queue"], "priority": labels["priority"]}
        age = Fact("", t, aged, t - ticket.created_at, 1000, SECONDS)
        ages[tuple(aged.items())].append(age)
        if ticket.waiting:
            yield "helpdesk_tickets_waiting", labels, 1
            oldest[labels["queue"]].append(ticket.waiting.start)
    for key, facts in ages.items():
        yield from render("helpdesk_tickets_unresolved_age_seconds", dict(key), facts)
    for queue, starts in oldest.items():
        name = "helpdesk_oldest_waiting_timestamp_seconds"
        yield name, {"queue": queue}, Fraction(min(starts), 1000)
    yield "helpdesk_pipeline_tickets_incomplete", {}, situation.incomplete


def customer_levels(situation: Situation) -> Iterator[Sample]:
    """Customers with an order, their all-time net revenue, and retention.

    Retention of P: base: >= 1 order in (t-2P, t-P]; retained: those of them with >= 1 order in
    (t-P, t]. Ruling 25: refunds count at the refund, all of them.
    """
    t = situation.t
    times: dict[str, list[int]] = defaultdict(list)
    for order in situation.all(OrderPlaced):
        times[order.data.customer].append(order.time)
        yield revenue(order, 1)
    for refund in situation.all(OrderRefunded):
        yield revenue(refund, -1)
    yield "helpdesk_customers", {}, len(times)
    for days in (30, 90):
        period, labels = days * DAY, {"period": f"{days}d"}
        for orders in times.values():
            if any(t - 2 * period < x <= t - period for x in orders):
                yield "helpdesk_customers_retention_base", labels, 1
                if any(t - period < x for x in orders):
                    yield "helpdesk_customers_retained", labels, 1


def revenue(event: OrderPlaced | OrderRefunded, sign: int) -> Sample:
    """Return what an order adds to the revenue, or a refund takes."""
    currency = event.data.currency
    amount = Fraction(minor_units(event.data.amount, currency), currency_unit(currency))
    return "helpdesk_customer_revenue", {"currency": currency}, sign * amount


def channel_samples(situation: Situation) -> Iterator[Sample]:
    """Whether channels are available, and available and promised seconds in the windows.

    Ruling 29: promised: open time of the channel's calendar in `channel_calendars`, else of
    `business_calendar`, else all time, from the channel's first event on; available: the
    available part of promised; both integrals over [start of the window, t].
    """
    policy, t = situation.policy, situation.t
    channels: dict[str, list[ChannelAvailability]] = defaultdict(list)
    for event in situation.all(ChannelAvailability):
        channels[event.data.channel].append(event)
    for channel, events in channels.items():
        labels = {"channel": situation.label("channel", channel)}
        yield "helpdesk_channel_available", labels, int(events[-1].data.available)
        calendar = policy.channel_calendars.get(channel, policy.business_calendar)
        clock = situation.calendars.clock(calendar)
        ends = [event.time for event in events[1:]] + [t]
        for prefix, window, start, end in periods(policy, "channel", t):
            promised = available = 0
            for event, until in zip(events, ends, strict=True):
                part = clock.between(max(event.time, start), min(until, end, t))
                promised += part
                available += part if event.data.available else 0
            shown = {**labels, "window": window}
            yield prefix + "channel_promised_seconds", shown, Fraction(promised, 1000)
            yield prefix + "channel_available_seconds", shown, Fraction(available, 1000)


def configuration_samples(policy: Policy) -> Iterator[Sample]:
    """Definitions, targets, benchmarks and objectives, as configured. (Ruling 32.)"""
    chosen = {
        kpi: getattr(policy.definitions, kpi) for kpi in ("fcr", "one_touch", "csat", "conversion")
    }
    if set(chosen.values()) != {"deskpulse"}:
        for kpi, definition in chosen.items():
            labels = {"kpi": kpi, "definition": definition}
            yield "helpdesk_definition_info", labels, Fraction(1)
    for kpi, target in policy.targets.items():
        by_queue = target if isinstance(target, dict) else {"": target}
        for queue, value in by_queue.items():
            yield "helpdesk_target", {"kpi": kpi, "queue": queue}, exact(value)
    for kpi, sources in policy.benchmarks.items():
        for source, value in sources.items():
            yield "helpdesk_benchmark", {"kpi": kpi, "source": source}, exact(value)
    for sla in policy.sla:
        if sla.objective is not None:
            yield "helpdesk_sla_objective_ratio", {"sla": sla.id}, exact(sla.objective)
        for name in ("first_response", "next_reply", "resolution"):
            allowed: int | None = getattr(sla.targets, name)
            if allowed is not None:
                labels = {"sla": sla.id, "target": name}
                yield "helpdesk_sla_target_seconds", labels, Fraction(allowed, 1000)


def exact(value: float) -> Fraction:
    """Return a configured number as it was written."""
    return Fraction(repr(value))
