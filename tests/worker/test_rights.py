"""The rights that are asked for, told and documented are the same."""

import re
from typing import Final

import pytest

from schemas.settings import Kafka, Settings
from streams.worker.rights import CREATE, SEND, WORKER, Right, needed, rights
from tests.house.repository import ROOT

PAGE: Final = ROOT / "docs" / "kafka-security.md"
READS: Final = "a worker Read, DescribeConfigs"
CREATES: Final = '"topics create" Create, Describe, DescribeConfigs'
SENDS: Final = '"send" Write'
ROW: Final = re.compile(r"^\| ([^|]+) \| (\w+) \| (topic|group|transactional id)([^`]*)(.*) \|$")


def documented() -> set[tuple[str, Right]]:
    """Return the rights of the page, with the program that needs each."""
    return {
        (row[1].replace("`", '"'), Right(row[2], row[3], name, prefixed="begin with" in row[4]))
        for line in PAGE.read_text("utf-8").splitlines()
        if (row := ROW.match(line))
        for name in re.findall(r"`([^`]+)`", row[5])
    }


def test_the_page_has_every_right_and_no_other() -> None:
    asked = {(who, right) for who, needs in rights(Settings()).items() for right in needs}
    assert documented() == asked


def test_rekeying_needs_one_topic_more() -> None:
    plain, rekeying = rights(Settings()), rights(Settings(keying="repartition"))
    events = "helpdesk.deskpulse-events"
    for who, operations in (
        (WORKER, {"Read", "Write", "DescribeConfigs"}),
        (CREATE, {"Create", "Describe", "DescribeConfigs"}),
        (SEND, set()),
    ):
        more = set(rekeying[who]) - set(plain[who])
        assert more == {Right(operation, "topic", events) for operation in operations}


@pytest.mark.parametrize(
    ("resource", "name", "told"),
    [
        ("topic", "helpdesk.tickets", f"{READS}; {CREATES}; {SENDS}"),
        ("topic", "helpdesk.dead-letters", f"a worker Write, DescribeConfigs; {CREATES}"),
        ("group", "deskpulse", "a worker Read"),
        ("transactional id", "deskpulse-7", "a worker Write"),
        ("topic", "of somebody else", ""),
    ],
)
def test_a_message_tells_what_is_needed(resource: str, name: str, told: str) -> None:
    assert needed(Kafka(), resource, name) == told
