from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.policy import Policy, SlaPolicy, SlaTargets
from schemas.scalars import HOUR
from streams.engine.levels import Table, table_of
from streams.engine.open_tickets import SIZE, OpenTickets
from streams.entities import stored
from streams.entities.rules import Rules
from streams.entities.ticket import Ticket, build
from streams.entities.ticket_facts import ticket_meaning
from tests.story import event

POLICY = Policy(sla=(SlaPolicy(id="all", targets=SlaTargets(first_response=HOUR, resolution=1)),))
RULES = Rules(POLICY, label_limit=None, wanted=frozenset())
START = 1_780_272_000_000


def ticket(minute: int, queue: str) -> Ticket:
    built = build([stored.store(event(f"00:{minute:02}  t  created  queue={queue}", 0))])
    assert built is not None
    return built


def put(table: OpenTickets, key: str, minute: int, queue: str) -> None:
    one = ticket(minute, queue)
    table.put(key, one, ticket_meaning(RULES, one).open_clocks, RULES)


acts = st.lists(
    st.tuples(
        st.sampled_from([f"t{n}" for n in range(90)]),
        st.one_of(st.none(), st.tuples(st.integers(0, 59), st.sampled_from(("tech", "billing")))),
    ),
    max_size=150,
)


def rows_of(table: OpenTickets) -> Table:
    return table_of([bytes(table.table)])


@settings(max_examples=40, deadline=None)
@given(acts)
def test_there_is_one_row_for_each_ticket_that_was_put(
    steps: list[tuple[str, tuple[int, str] | None]],
) -> None:
    table = OpenTickets()
    open_now: dict[str, tuple[int, str]] = {}
    most = 0
    for key, what in steps:
        if what is None:
            table.remove(key)
            open_now.pop(key, None)
        else:
            put(table, key, *what)
            open_now[key] = what
        most = max(most, len(open_now))
    rows = rows_of(table)
    found = sorted((int(row["created"]), RULES.queue.texts[row["queue"]]) for row in rows)
    assert found == sorted((START + minute * 60_000, queue) for minute, queue in open_now.values())
    assert set(table.rows) == set(open_now)
    # Freed rows are used again.
    assert len(table.table) // SIZE <= max(64, most + most // 4)


def test_a_row_says_which_clocks_are_open() -> None:
    table = OpenTickets()
    put(table, "t", 5, "tech")
    (row,) = rows_of(table)
    created = START + 5 * 60_000
    assert [int(row[f"policy{target}"]) for target in range(3)] == [0, -1, 0]
    assert [int(row[f"instant{target}"]) for target in (0, 2)] == [created + HOUR, created + 1]
    assert int(row["waiting"]) == created


def test_a_ticket_that_was_never_put_may_be_removed() -> None:
    table = OpenTickets()
    table.remove("t")
    assert len(rows_of(table)) == 0
