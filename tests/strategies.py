"""What Hypothesis draws: histories of a helpdesk, policies, and instants to ask for.

Hypothesis plays the random source of `tests.histories`, so that it can shrink what was chosen.
"""

from itertools import chain
from random import Random
from typing import NamedTuple

from hypothesis import strategies as st

from schemas.events import Event
from schemas.policy import Policy
from tests import histories, policies


class Case(NamedTuple):
    """A history, the policy it is judged by, and the instants at which it is asked, ascending."""

    events: list[Event]
    policy: Policy
    instants: list[int]


def sources() -> st.SearchStrategy[Random]:
    """Return sources of choices that shrink."""
    return st.randoms(use_true_random=False)


def lives() -> st.SearchStrategy[list[Event]]:
    """Return the events of one of a few tickets; two lives of one subject are one ticket."""
    subjects = st.sampled_from(("t0", "t1", "t2", "t3"))
    return st.builds(histories.life, sources(), subjects)


def business() -> st.SearchStrategy[list[Event]]:
    """Return events outside tickets."""
    return st.builds(histories.business, sources(), st.sampled_from(("b0", "b1")))


def streams() -> st.SearchStrategy[list[Event]]:
    """Return the events of some tickets and what surrounds them, in any order."""
    parts = st.lists(st.one_of(lives(), lives(), business()), max_size=4)
    return parts.map(lambda found: list(chain.from_iterable(found))).flatmap(st.permutations)


@st.composite
def cases(draw: st.DrawFn, instants: int = 3) -> Case:
    """Return a stream with a policy and some instants worth asking for."""
    events = draw(streams())
    policy = policies.policy(draw(sources()))
    return Case(events, policy, histories.instants(draw(sources()), events, instants))
