"""What is still to be done."""

from typing import Final

from streams.kpis.kpi import QUEUE_PRIORITY, D, Example, Level, Query
from streams.kpis.promql import level, total

STANDING: Final = Example(
    """
    10:00  t1  created  queue=tech
    10:10  t1  pending  ann
    10:20  t2  created  queue=tech
    10:25  t3  created  queue=tech
    10:30  t3  solved   ann
    -> 11:00  tickets_unresolved{queue="tech"} 2
    -> 11:00  tickets_unresolved{status="pending"} 1
    -> 11:00  tickets_unresolved{status="new"} 1
    """
)
WAITS: Final = Example(
    """
    10:00  t1  created  queue=tech
    10:05  t1  reply    ann
    10:20  t2  created  queue=tech
    10:30  t1  writes
    -> 11:00  tickets_waiting{queue="tech"} 2
    -> 11:00  oldest_waiting_timestamp_seconds{queue="tech"} 1780309200
    """
)

UNRESOLVED: Final = Level(
    family="tickets_unresolved",
    labels=("status", *D),
    title="Unresolved tickets",
    help="Unresolved tickets, by status.",
    definition="Status, queue, channel and priority are those at t.",
    formula="number of tickets that are new, open, pending or on hold",
    source="Zendesk: unsolved tickets",
    example=STANDING,
)
AGES: Final = Level(
    family="tickets_unresolved_age_seconds",
    kind="gaugehistogram",
    labels=QUEUE_PRIORITY,
    title="Ages of unresolved tickets",
    help="Ages of unresolved tickets, since creation.",
    formula="t - t(creation)",
    unit="seconds",
    source="Freshservice and Zendesk exporters: age of the backlog in buckets",
    queries=(
        Query(
            "Mean age",
            f"{total(level('tickets_unresolved_age_seconds_gsum'))} / "
            f"{total(level('tickets_unresolved_age_seconds_gcount'))}",
        ),
        Query(
            "90 % are younger",
            "histogram_quantile(0.9, "
            f"{total(level('tickets_unresolved_age_seconds_bucket'), 'le')})",
        ),
    ),
    example=Example(
        """
        10:00  t1  created
        10:30  t2  created
        -> 11:00  tickets_unresolved_age_seconds_gsum 5400
        -> 11:00  tickets_unresolved_age_seconds_bucket{le="1800.0"} 1
        """
    ),
)
WAITING: Final = Level(
    family="tickets_waiting",
    labels=D,
    title="Tickets waiting for a reply",
    help="Unresolved tickets whose customer waits for a reply.",
    definition="From the oldest unanswered public message of the customer on.",
    formula="number of unresolved tickets with an unanswered message of the customer",
    source="Chatwoot: unattended conversations",
    example=WAITS,
)
OLDEST: Final = Level(
    family="oldest_waiting_timestamp_seconds",
    labels=("queue",),
    title="Oldest waiting",
    help="Since when the customer waits who has waited longest. Aggregate with min.",
    definition="Shown as an instant, so that it is right however seldom it is scraped.",
    formula="min of the starts of the waitings that last",
    unit="seconds since 1970-01-01",
    aggregate="min",
    source="Prometheus: expose the timestamp, not the age",
    queries=(
        Query(
            "Longest waiting in seconds",
            f"time() - min({level('oldest_waiting_timestamp_seconds')})",
            "seconds",
        ),
    ),
    example=WAITS,
)
INCOMPLETE: Final = Level(
    family="pipeline_tickets_incomplete",
    labels=(),
    title="Incomplete tickets",
    help="Tickets of which no created event has come yet; they count nowhere else.",
    formula="number of tickets with events, but without a creation",
    source="Deskpulse: shows when a source leaves creations out",
    example=Example(
        """
        10:05  t1  reply  ann
        -> 11:00  pipeline_tickets_incomplete 1
        """
    ),
)

LEVELS: Final = (UNRESOLVED, AGES, WAITING, OLDEST, INCOMPLETE)
