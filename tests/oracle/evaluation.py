"""KPI = f(set of events, policy, t), in one batch."""

from collections.abc import Iterable, Iterator
from itertools import chain

from schemas.events import Event
from schemas.policy import Policy
from tests.oracle.agents import agent_facts
from tests.oracle.business import business_facts
from tests.oracle.customers import Customers
from tests.oracle.facts import Fact
from tests.oracle.levels import (
    channel_samples,
    configuration_samples,
    customer_levels,
    ticket_levels,
)
from tests.oracle.situation import Situation
from tests.oracle.sla import ServiceLevels
from tests.oracle.surveys import survey_facts
from tests.oracle.ticket_facts import ticket_facts
from tests.oracle.windows import Sample, Value, rolling_samples

Samples = dict[tuple[str, frozenset[tuple[str, str]]], Value]


def evaluate(events: Iterable[Event], policy: Policy, t: int) -> Samples:
    """Return every sample that is not 0 at t (ms), by OpenMetrics name and labels.

    Takes the value of every label as a replay does, without a limit. Ruling 33: what a policy
    does not say has its default. Ruling 34: of samples that are 0 only
    `helpdesk_channel_available` is there.
    """
    situation = Situation(events, policy, t)
    sums: Samples = {}
    for name, labels, value in samples(situation):
        key = name, frozenset(labels.items())
        sums[key] = sums.get(key, 0) + value
    return {
        key: value
        for key, value in sums.items()
        if value != 0 or key[0] == "helpdesk_channel_available"
    }


def samples(situation: Situation) -> Iterator[Sample]:
    """Yield samples; those with the same labels add up."""
    service_levels = ServiceLevels(situation)
    yield from rolling_samples(situation.policy, facts(situation, service_levels), situation.t)
    yield from ticket_levels(situation)
    yield from service_levels.samples()
    yield from customer_levels(situation)
    yield from channel_samples(situation)
    yield from configuration_samples(situation.policy)


def facts(situation: Situation, service_levels: ServiceLevels) -> Iterator[Fact]:
    """Yield every fact, those that lie in the future too."""
    return chain(
        ticket_facts(situation),
        Customers(situation).facts(),
        survey_facts(situation),
        business_facts(situation),
        agent_facts(situation),
        service_levels.facts(),
    )
