"""Alerts reach those who can act, in words that they can read."""

import time
from pathlib import Path
from queue import Queue
from typing import Any, Final

import pytest
import yaml

from tests.monitoring.alertmanager import (
    CONFIGURATION,
    SECONDS,
    Message,
    alertmanager,
    chat,
    ended,
    send,
    shown,
)
from tests.rules.tools import UNIT_TESTS, demo_settings, run

pytestmark = pytest.mark.alertmanager


def fired(name: str) -> dict[str, Any]:
    """Return an alert as Prometheus sends it, taken from its unit test."""
    document = yaml.safe_load((UNIT_TESTS / f"{name}.yml").read_text("utf-8"))
    alert = document["tests"][0]["alert_rule_test"][0]["exp_alerts"][0]
    return {
        "labels": {"alertname": name, **alert["exp_labels"]},
        "annotations": alert["exp_annotations"],
    }


def arrived(messages: "Queue[Message]", count: int) -> dict[str, Any]:
    """Return the attachment of each of the next messages by its channel."""
    found = [messages.get(timeout=SECONDS) for _ in range(count)]
    return {message["channel"]: message["attachments"][0] for message in found}


def state(address: str, name: str) -> str:
    """Return whether an alert is active or suppressed."""
    states: Final = {
        alert["labels"]["alertname"]: str(alert["status"]["state"]) for alert in shown(address)
    }
    return states.get(name, "unknown")


def until_state(address: str, name: str, wanted: str) -> None:
    """Wait until an alert is active or suppressed."""
    until = time.monotonic() + SECONDS
    while (found := state(address, name)) != wanted:
        assert time.monotonic() < until, f"{name} is {found}, not {wanted}"
        time.sleep(0.05)


def test_the_configuration_is_taken() -> None:
    run("amtool", "check-config", str(CONFIGURATION))


@pytest.mark.parametrize(
    ("labels", "receivers"),
    [
        ("severity=info component=service queue=tech", "page-only"),
        ("severity=warning component=service queue=tech", "support-tech"),
        ("severity=warning component=service queue=billing", "support-billing"),
        ("severity=warning component=service", "support"),
        ("severity=critical component=service queue=tech", "on-call,support-tech"),
        ("severity=critical component=service channel=phone", "on-call"),
        ("severity=critical component=pipeline", "on-call,engineers"),
        ("severity=warning component=pipeline", "engineers"),
    ],
)
def test_severity_and_queue_say_who_is_told(labels: str, receivers: str) -> None:
    run(
        "amtool",
        "config",
        "routes",
        "test",
        f"--config.file={CONFIGURATION}",
        f"--verify.receivers={receivers}",
        *labels.split(),
    )


def test_every_queue_of_the_settings_has_its_receiver() -> None:
    receivers = {each["name"] for each in yaml.safe_load(CONFIGURATION.read_text())["receivers"]}
    queues = demo_settings().policy.dimensions.queue
    assert {f"support-{queue}" for queue in queues} <= receivers


def test_an_alert_arrives_in_words_and_so_does_its_end(tmp_path: Path) -> None:
    overdue = fired("HelpdeskSlaOverdue")
    with chat() as (webhook, messages), alertmanager(tmp_path, webhook) as address:
        send(address, overdue)
        first = arrived(messages, 2)
        assert set(first) == {"#on-call", "#support-tech"}
        told = first["#on-call"]
        assert told["title"] == "Act now: Tickets are past their SLA's deadline."
        assert told["text"] == (
            "• 3 ticket(s) of queue tech are past the first_response deadline of SLA urgent and "
            "still wait.\n"
            "What to do: https://deskpulse.example/runbooks/HelpdeskSlaOverdue.md"
        )
        assert (told["color"], told["title_link"]) == ("danger", told["text"].split()[-1])
        send(address, ended(overdue))
        over = arrived(messages, 2)["#support-tech"]
        assert over["title"] == "Over: Tickets are past their SLA's deadline."
        assert over["text"].startswith("• Until ")
        assert over["color"] == "good"


@pytest.mark.parametrize(
    "name",
    [
        "HelpdeskNoWorker",
        "HelpdeskSumsIncomplete",
        "HelpdeskPartitionOwnedTwice",
        "HelpdeskInputNotRead",
    ],
)
def test_the_service_is_not_judged_by_wrong_sums(name: str, tmp_path: Path) -> None:
    """It is told once the sums are right again."""
    wrong, overdue = fired(name), fired("HelpdeskSlaOverdue")
    with chat() as (webhook, messages), alertmanager(tmp_path, webhook) as address:
        send(address, wrong)
        until_state(address, name, "active")
        send(address, overdue)
        until_state(address, "HelpdeskSlaOverdue", "suppressed")
        send(address, ended(wrong))
        channels: set[str] = set()
        while "#support-tech" not in channels:
            channels |= arrived(messages, 1).keys()


def test_a_worker_that_is_down_is_no_reason_to_keep_silent(tmp_path: Path) -> None:
    """The others do its part."""
    with chat() as (webhook, messages), alertmanager(tmp_path, webhook) as address:
        send(address, fired("HelpdeskWorkerDown"))
        assert set(arrived(messages, 1)) == {"#deskpulse"}
        send(address, fired("HelpdeskSlaOverdue"))
        assert set(arrived(messages, 2)) == {"#on-call", "#support-tech"}
