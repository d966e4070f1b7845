"""Where reading goes on: nothing that Kafka still has is left out, what is lost is said."""

import pytest
from aiokafka import TopicPartition
from hypothesis import given
from hypothesis import strategies as st

from streams.entities.stored import StateError
from streams.worker import positions
from streams.worker.failure import Failure
from streams.worker.inputs import Standing
from streams.worker.positions import Beginning, Covered, beginning, check, hole

SOURCE = TopicPartition("helpdesk.tickets", 3)
OFFSETS = st.integers(0, 30)
INPUTS = ("helpdesk.tickets", "helpdesk.deskpulse-customers")


def begin(
    committed: int | None,
    *,
    covered: int = 0,
    first: int = 0,
    end: int = 100,
    internal: bool = False,
) -> Beginning:
    """Return where reading goes on."""
    return beginning(SOURCE, Standing(committed, first, end), covered, internal=internal)


@pytest.mark.parametrize(
    ("committed", "covered", "first", "offset"),
    [
        (None, 0, 0, 0),  # a new group
        (None, 50, 7, 7),  # its offsets have expired, or were deleted
        (50, 50, 0, 50),
        (40, 50, 0, 40),  # it died between the changelog and the commit, or was set back
        (50, 50, 60, 50),  # what was not read is gone, which the intake will notice
    ],
)
def test_reading_goes_on_where_the_group_stands(
    committed: int | None, covered: int, first: int, offset: int
) -> None:
    assert begin(committed, covered=covered, first=first) == Beginning(offset)


def test_a_changelog_that_lost_its_end_is_made_up_for() -> None:
    """From what it covers; from the first record if it is empty."""
    found = begin(50, covered=20)
    assert found.offset == 20
    assert "covers helpdesk.tickets[3] up to 20, and the group has committed 50" in found.remark
    assert begin(50).offset == 0


def test_what_a_changelog_lost_and_no_topic_holds_ends_the_worker() -> None:
    """A new group counts what there is; this one would count less and not say so."""
    with pytest.raises(
        Failure, match=r"begins at 30 by now\..*kafka\.group a new name"
    ) as failure:
        begin(50, covered=20, first=30)
    assert failure.value.exit_code == 2


@pytest.mark.parametrize("covered", [0, 100])
def test_a_topic_that_ends_before_what_was_read_is_read_from_its_first_record(
    covered: int,
) -> None:
    """It was created anew, or cut off by an unclean election: its offsets mean something else."""
    found = begin(100, covered=covered, first=5, end=60)
    assert found.offset == 5
    assert "helpdesk.tickets[3] was read up to 100 and ends before" in found.remark


@pytest.mark.parametrize(("committed", "covered"), [(100, 0), (None, 100), (10, 100)])
def test_a_topic_of_our_own_that_lost_records_ends_the_worker(
    committed: int | None, covered: int
) -> None:
    """Nobody says again what was said there."""
    with pytest.raises(Failure, match="What it still held is lost"):
        begin(committed, covered=covered, end=60, internal=True)


def test_a_hole_is_told_and_one_in_a_topic_of_our_own_ends_the_worker() -> None:
    said = hole(SOURCE, 20, 30, internal=False)
    assert "helpdesk.tickets[3]: the records from 20 to 29 are gone, unread" in said
    with pytest.raises(Failure, match="from 20 to 29 are gone"):
        hole(SOURCE, 20, 30, internal=True)


@given(committed=st.none() | OFFSETS, covered=OFFSETS, bounds=st.lists(OFFSETS, min_size=2))
def test_nothing_that_is_there_is_left_out(
    committed: int | None, covered: int, bounds: list[int]
) -> None:
    """What is passed over is in the changelog; what is neither there nor here is never passed."""
    first, end = min(bounds), max(bounds)
    try:
        found = begin(committed, covered=covered, first=first, end=end)
    except Failure:
        assert committed is not None
        assert covered < first
        assert covered < committed <= end
        return
    if committed is not None and committed > end:
        assert found.offset == first
    else:
        assert found.offset <= max(covered, first)
    assert bool(found.remark) is (committed is not None and committed > min(covered, end))


@pytest.mark.parametrize("covered", [Covered(), Covered(8, {"helpdesk.tickets": 1 << 40, "ł": 0})])
def test_positions_survive_the_changelog(covered: Covered) -> None:
    assert positions.decode(positions.encode(covered)) == covered


@pytest.mark.parametrize(("value", "said"), [(b"\xff", "state version 255"), (b"\x01", "damaged")])
def test_positions_that_cannot_be_read_are_refused(value: bytes, said: str) -> None:
    with pytest.raises(StateError, match=said):
        positions.decode(value)


def test_a_changelog_of_another_number_of_partitions_is_refused() -> None:
    """Its entities live in other partitions than their next events."""
    check(Covered(), 6, INPUTS)
    check(Covered(6, {"helpdesk.tickets": 7}), 6, INPUTS)
    with pytest.raises(Failure, match="= 4, the settings say 6"):
        check(Covered(4), 6, INPUTS)


def test_a_changelog_of_more_inputs_is_refused() -> None:
    """Events wait there under their right keys, and nobody would read them."""
    read = dict.fromkeys((*INPUTS, "helpdesk.deskpulse-events"), 7)
    with pytest.raises(Failure, match=r"nobody has read yet in helpdesk\.deskpulse-events"):
        check(Covered(6, read), 6, INPUTS)
