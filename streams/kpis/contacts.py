"""Whether customers have to come back."""

from typing import Final

from schemas.policy import Policy
from schemas.scalars import DAY
from streams.facts.facts import AGENT_INTERACTION, CONTACT, FIRST_CONTACT, INTERACTION, SOLVED
from streams.kpis.kpi import Column, D, Example, Kpi, Query
from streams.kpis.promql import share

FCR_RATE: Final = share("First contact resolution", "fcr_resolved", "fcr_eligible")

CONTACTS: Final = (
    Kpi(
        family="contacts",
        fact=CONTACT,
        labels=("channel",),
        title="Contacts",
        help="Contacts of customers: tickets that they created, and calls.",
        definition="A ticket created no more than 1 h before or after a call that names it is no "
        "further contact. Reopens are contacts too, but are not counted here.",
        formula="number of tickets created by customers, and of calls",
        source="Common contact-centre practice: contact volume",
        example=Example(
            """
            09:00  t1  created   customer=cora channel=web
            09:10  k1  calls     customer=cyd
            09:20  t2  created   customer=cyd channel=web via=agent
            -> 10:00  contacts{channel="web"} 1
            -> 10:00  contacts{channel="phone"} 1
            """
        ),
    ),
    Kpi(
        family="contacts_repeat",
        fact=CONTACT,
        labels=("channel",),
        where=lambda contact: contact.repeat > 0,
        title="Repeat contacts",
        help="Contacts of customers who had made another contact shortly before.",
        definition="Within repeat_contact.days before; reopens count as earlier contacts.",
        formula="number of contacts at x with another of the customer in [x - N, x)",
        source="Common contact-centre practice: repeat contact rate",
        queries=(share("Repeat contact rate", "contacts_repeat", "contacts"),),
        example=Example(
            """
            -2 09:00  t1  created  customer=cora channel=web
            09:00     t2  created  customer=cora channel=web
            -> 10:00  contacts_repeat{channel="web"} 1
            """
        ),
    ),
)


def has_no_further_message(solved: Column) -> Column:
    """Return whether the customer wrote nothing after the first message."""
    return solved.customer_replies == 0


def has_one_reply(solved: Column) -> Column:
    """Return whether a ticket got exactly one reply."""
    return solved.replies == 1


def was_closed_once_by_one(solved: Column) -> Column:
    """Return whether a ticket was never opened again and one agent took part."""
    return (solved.reopens == 0) & (solved.agents == 1)


def kpis(policy: Policy) -> tuple[Kpi, ...]:
    """Return the KPIs of contacts for the days and the definition that the policy names."""
    definition = policy.definitions.fcr
    if definition == "deskpulse":
        first_contact = _first_contact(policy.fcr.days)
    else:
        first_contact = AT_THE_SOLVE[definition]
    call_backs = tuple(
        kpi for days in policy.acr.days for kpi in _call_backs("", INTERACTION, D, days)
    )
    of_agents = tuple(
        kpi
        for days in policy.acr.days
        for kpi in _call_backs("agent_", AGENT_INTERACTION, ("agent",), days)
    )
    return CONTACTS + first_contact + call_backs + (of_agents if policy.agents.enabled else ())


def _first_contact(days: int) -> tuple[Kpi, ...]:
    delay = days * DAY
    source = (
        "callcentrehelper and MetricNet: no further contact within N days, 1 to 30 in practice"
    )
    example = Example(
        f"""
        -{days} 09:00  t1  created  customer=cora queue=tech
        -{days} 09:30  t1  reply    ann
        -{days} 10:00  t1  solved   ann
        -{days} 09:00  t2  created  customer=cyd queue=tech
        -{days} 10:00  t2  solved   ann
        -{days} 12:00  t3  created  customer=cyd
        -> 09:59  fcr_eligible 0
        -> 11:00  fcr_eligible{{queue="tech"}} 2
        -> 11:00  fcr_resolved{{queue="tech"}} 1
        """
    )
    return (
        Kpi(
            family="fcr_eligible",
            fact=FIRST_CONTACT,
            labels=D,
            delay=delay,
            title="Tickets judged for first contact resolution",
            help="Customers' tickets solved once, when the time for a call-back is over.",
            definition="Dated fcr.days after the first solve.",
            formula="number of tickets of customers with first solve s, dated at s + N days",
            source=source,
            example=example,
        ),
        Kpi(
            family="fcr_resolved",
            fact=FIRST_CONTACT,
            labels=D,
            delay=delay,
            where=lambda solve: solve.resolved > 0,
            title="Tickets resolved at first contact",
            help="Customers' tickets that were resolved at first contact.",
            definition="The customer wrote nothing between the first answer and the first solve "
            "(but in session channels) and made no contact within fcr.days after it. "
            "FCR = resolved / eligible.",
            formula="those without a message in between and without a contact in (s, s + N days]",
            source=source,
            queries=(FCR_RATE,),
            example=example,
        ),
    )


def _at_the_solve(
    vendor: str, where: Column, *, help_text: str, formula: str, source: str, example: str
) -> tuple[Kpi, ...]:
    story = Example(example, f"\ndefinitions: {{fcr: {vendor}}}\n")
    return (
        Kpi(
            family="fcr_eligible",
            fact=SOLVED,
            labels=D,
            title="Tickets judged for first contact resolution",
            help="Tickets resolved.",
            definition="Dated at the standing solve; a reopen takes it back.",
            formula="number of resolved tickets",
            source=source,
            example=story,
        ),
        Kpi(
            family="fcr_resolved",
            fact=SOLVED,
            labels=D,
            where=where,
            title="Tickets resolved at first contact",
            help=help_text,
            definition="Dated at the standing solve; what comes later does not matter, but for a "
            "reopen. FCR = resolved / eligible.",
            formula=formula,
            source=source,
            queries=(FCR_RATE,),
            example=story,
        ),
    )


AT_THE_SOLVE: Final = {
    "freshservice": _at_the_solve(
        "freshservice",
        has_no_further_message,
        help_text="Tickets resolved without a message of the customer after the first one.",
        formula="number of resolved tickets without a public message of the customer after the "
        "creation, however many replies they got",
        source="Freshservice: first call resolution",
        example="""
            10:00  t1  created
            10:10  t1  reply    ann
            10:20  t1  reply    ann
            10:30  t1  solved   ann
            10:00  t2  created
            10:10  t2  reply    ann
            10:20  t2  writes
            10:30  t2  solved   ann
            -> 11:00  fcr_eligible 2
            -> 11:00  fcr_resolved 1
            """,
    ),
    "intercom": _at_the_solve(
        "intercom",
        was_closed_once_by_one,
        help_text="Tickets resolved once, with one agent taking part.",
        formula="number of resolved tickets with reopens = 0 in which one agent took part, by a "
        "message or a change of status; agents without a name count as one if nobody is named",
        source="Intercom: closed on first contact",
        example="""
            10:00  t1  created
            10:10  t1  reply    ann
            10:20  t1  writes
            10:30  t1  solved   ann
            10:00  t2  created
            10:10  t2  reply    ann
            10:20  t2  note     bob
            10:30  t2  solved   ann
            10:00  t3  created
            10:30  t3  solved   by=bot
            -> 11:00  fcr_eligible 3
            -> 11:00  fcr_resolved 1
            """,
    ),
    "zoho": _at_the_solve(
        "zoho",
        has_one_reply,
        help_text="Tickets resolved with exactly one reply.",
        formula="number of resolved tickets with replies = 1",
        source="Zoho Desk: first contact resolution",
        example="""
            10:00  t1  created
            10:10  t1  reply    ann
            10:20  t1  writes
            10:30  t1  solved   ann
            10:00  t2  created
            10:30  t2  solved   ann
            -> 11:00  fcr_eligible 2
            -> 11:00  fcr_resolved 1
            """,
    ),
}


def _call_backs(prefix: str, fact: int, labels: tuple[str, ...], days: int) -> tuple[Kpi, ...]:
    span = days * DAY

    def no_contact_within(interaction: Column) -> Column:
        return interaction.gap > span

    within = (("within", f"{days}d"),)
    by_agent = prefix != ""
    whose = ", by the agent" if by_agent else ""
    credit = (
        " The agent named on the solve, else the author of the episode's last reply, else the "
        "assignee; of a call the agent that it names."
        if by_agent
        else ""
    )
    source = "Kosiba and Sharpen: active contact resolution, every interaction judged"
    example = Example(
        f"""
        -{days} 09:00  t1  created  customer=cora queue=tech
        -{days} 09:30  t1  reply    ann
        -{days} 10:00  t1  solved   ann
        -{days} 09:00  k1  calls    customer=cyd agent=ann
        -{days} 10:30  k2  calls    customer=cyd agent=ann
        -> 11:00  {prefix}acr_eligible{{within="{days}d"}} 3
        -> 11:00  {prefix}acr_resolved{{within="{days}d"}} 2
        """,
        "\nagents: {enabled: true}\n" if by_agent else "",
    )
    by = ("within", "agent") if by_agent else ("within",)
    rate: tuple[Query, ...] = (
        share("Active contact resolution", f"{prefix}acr_resolved", f"{prefix}acr_eligible", *by),
    )
    return (
        Kpi(
            family=f"{prefix}acr_eligible",
            fact=fact,
            labels=labels,
            delay=span,
            extra=within,
            title=f"Interactions judged for call-backs{whose}",
            help="Interactions of agents with customers, when the time for a call-back is over.",
            definition="An episode of a ticket that somebody touched, at its solve, or an "
            "answered call. Each counts, the first and the third. Dated at its end + `within`."
            + credit,
            formula="number of interactions with end e, dated at e + within",
            source=source,
            example=example,
        ),
        Kpi(
            family=f"{prefix}acr_resolved",
            fact=fact,
            labels=labels,
            delay=span,
            extra=within,
            where=no_contact_within,
            title=f"Interactions without a call-back{whose}",
            help="Interactions after which the customer did not come back.",
            definition="No contact of the customer within `within` after the end. "
            "ACR = resolved / eligible." + credit,
            formula="those without a contact of the customer in (e, e + within]",
            source=source,
            queries=rate,
            example=example,
        ),
    )
