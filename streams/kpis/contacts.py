"""Whether customers have to come back."""

from typing import Final

from schemas.policy import Policy
from schemas.scalars import DAY
from streams.facts.facts import AGENT_INTERACTION, CONTACT, FIRST_CONTACT, INTERACTION
from streams.kpis.kpi import Column, D, Kpi

CONTACTS: Final = (
    Kpi(
        family="contacts",
        fact=CONTACT,
        labels=("channel",),
        help="Contacts of customers: tickets that they created, and calls.",
        definition="A ticket created no more than 1 h before or after a call that names it is no "
        "further contact. Reopens are contacts too, but are not counted here.",
    ),
    Kpi(
        family="contacts_repeat",
        fact=CONTACT,
        labels=("channel",),
        where=lambda contact: contact.repeat > 0,
        help="Contacts of customers who had made another contact shortly before.",
        definition="Within repeat_contact.days before; reopens count as earlier contacts.",
    ),
)


def kpis(policy: Policy) -> tuple[Kpi, ...]:
    """Return the KPIs of contacts for the days that the policy names."""
    delay = policy.fcr.days * DAY
    first_contact = (
        Kpi(
            family="fcr_eligible",
            fact=FIRST_CONTACT,
            labels=D,
            delay=delay,
            help="Customers' tickets that were solved once, when the time for a call-back is over.",
            definition="Dated fcr.days after the first solve.",
        ),
        Kpi(
            family="fcr_resolved",
            fact=FIRST_CONTACT,
            labels=D,
            delay=delay,
            where=lambda solve: solve.resolved > 0,
            help="Customers' tickets that were resolved at first contact.",
            definition="The customer wrote nothing between the first answer and the first solve "
            "(but in session channels) and made no contact within fcr.days after it. "
            "FCR = resolved / eligible.",
        ),
    )
    call_backs = tuple(
        kpi for days in policy.acr.days for kpi in _call_backs("", INTERACTION, D, days)
    )
    of_agents = tuple(
        kpi
        for days in policy.acr.days
        for kpi in _call_backs("agent_", AGENT_INTERACTION, ("agent",), days)
    )
    return CONTACTS + first_contact + call_backs + (of_agents if policy.agents.enabled else ())


def _call_backs(prefix: str, fact: int, labels: tuple[str, ...], days: int) -> tuple[Kpi, ...]:
    span = days * DAY

    def no_contact_within(interaction: Column) -> Column:
        return interaction.gap > span

    within = (("within", f"{days}d"),)
    return (
        Kpi(
            family=f"{prefix}acr_eligible",
            fact=fact,
            labels=labels,
            delay=span,
            extra=within,
            help="Interactions of agents with customers, when the time for a call-back is over.",
            definition="An episode of a ticket that somebody touched, at its solve, or an answered "
            "call. Each counts, the first and the third. Dated at its end + `within`.",
        ),
        Kpi(
            family=f"{prefix}acr_resolved",
            fact=fact,
            labels=labels,
            delay=span,
            extra=within,
            where=no_contact_within,
            help="Interactions after which the customer did not come back.",
            definition="No contact of the customer within `within` after the end. "
            "ACR = resolved / eligible.",
        ),
    )
