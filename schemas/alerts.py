"""The part of the settings that says when a person is called. It changes no number."""

from typing import Annotated

from msgspec import Meta, Struct

from schemas import forms
from schemas.policy import Duration
from schemas.scalars import DAY, HOUR, MINUTE, SECOND

Count = Annotated[int, forms.whole(0, 1_000_000_000)]
Share = Annotated[float, forms.SHARE]


class Alerts(Struct, frozen=True, kw_only=True):
    """Thresholds of the Prometheus rules that `deskpulse rules` writes."""

    job: Annotated[str, Meta(description="Prometheus job that scrapes the workers.")] = "deskpulse"
    runbooks: Annotated[
        str, Meta(description="Address at which the folder docs/runbooks is published.")
    ] = "https://deskpulse.example/runbooks"
    least_events: Annotated[
        Count, Meta(description="Fewest events from which a share or a mean is judged.")
    ] = 10
    overdue_tickets: Annotated[
        Count, Meta(description="Tickets that may be past an SLA's deadline, by queue.")
    ] = 0
    due_soon_tickets: Annotated[
        Count, Meta(description="Tickets that may be close to an SLA's deadline, by queue.")
    ] = 5
    oldest_waiting: Annotated[
        Duration, Meta(description="How long a customer may wait for a reply.")
    ] = DAY
    first_response: Annotated[
        Duration, Meta(description="Time in which `first_response_share` get a first response.")
    ] = DAY
    first_response_share: Annotated[
        Share, Meta(description="Share of tickets that get a first response in that time.")
    ] = 0.8
    resolution: Annotated[
        Duration, Meta(description="Median resolution time over which somebody is told.")
    ] = 2 * HOUR
    resolution_alarm: Annotated[
        Duration, Meta(description="Median resolution time over which there is an alarm.")
    ] = 8 * HOUR
    fall: Annotated[
        Share,
        Meta(description="Share by which CSAT, FCR and ACR may fall below the window before."),
    ] = 0.1
    abandonment: Annotated[
        Share, Meta(description="Share of calls that may be abandoned, by queue.")
    ] = 0.1
    channel_down: Annotated[
        Duration, Meta(description="Promised time that a channel may lose at a stretch.")
    ] = 5 * MINUTE
    not_ready: Annotated[Duration, Meta(description="How long a worker may take to be ready.")] = (
        10 * MINUTE
    )
    lag_records: Annotated[
        Count, Meta(description="Records of a topic that may wait to be applied.")
    ] = 10_000
    stale: Annotated[
        Duration, Meta(description="How old the latest event may be; set it above your nights.")
    ] = 12 * HOUR
    fetch_age: Annotated[
        Duration, Meta(description="How long a worker may take nothing though it should.")
    ] = 2 * MINUTE
    rejected_events: Annotated[
        Count, Meta(description="Events that may be rejected in 15 minutes, by reason.")
    ] = 10
    checkpoint_age: Annotated[
        Duration, Meta(description="How old the last checkpoint may be while events come.")
    ] = 5 * MINUTE
    clock_skew: Annotated[
        Duration, Meta(description="How far a worker's clock may be from Prometheus'.")
    ] = 30 * SECOND
    entities: Annotated[
        Count,
        Meta(description="Entities that a worker's memory holds; it is told from 80 % on."),
    ] = 2_000_000
