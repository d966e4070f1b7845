"""Workers and commands at a Kafka that asks who they are, and lets them do no more than needed."""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any, Final

import pytest

from streams.demo.broker import SCRAM
from streams.worker.rights import WORKER, rights
from tests.certificates import Authority
from tests.integration.comparison import differences
from tests.integration.conftest import PARTITIONS, Site
from tests.integration.events import now, ticket
from tests.integration.invented import histories
from tests.integration.kafka import message, produce
from tests.integration.secured import PASSWORD, ROTATING, USER, SecuredKafka, command
from tests.integration.workers import number, settled
from tests.json_lines import to_json

OPENED: Final = "helpdesk_rolling_tickets_opened"
SEED: Final = 5
TICKETS: Final = 60
WRONG: Final = "incorrect horse battery staple"


@pytest.mark.parametrize(
    ("listener", "mechanism"),
    [
        ("SASL", "PLAIN"),
        ("SASL", SCRAM[0]),
        ("SASL", SCRAM[1]),
        ("SASLTLS", SCRAM[1]),
        ("MTLS", ""),
    ],
)
async def test_everything_works_on_each_listener_with_the_least_rights(
    secured_kafka: SecuredKafka, secured_site: Site, listener: str, mechanism: str
) -> None:
    """Topics are created, events are sent and counted to the oracle's numbers."""
    await secured_kafka.grant(
        right for needs in rights(secured_site.settings).values() for right in needs
    )
    secured_site.kafka |= secured_kafka.keys(listener, mechanism)
    config = str(secured_site.write())
    created = await command("topics", "create", "--config", config)
    assert created[0] == 0, created
    events = [each for life in histories(Random(SEED), now(), TICKETS) for each in life]
    file = secured_site.directory / "events.jsonl"
    file.write_text("".join(to_json(each) + "\n" for each in events), "utf-8")
    sent = await command("send", "--config", config, str(file))
    assert sent[0] == 0, sent
    policy = secured_site.settings.policy
    async with secured_site.worker() as worker:
        await worker.ready()
        assert await differences([worker], events, policy, PARTITIONS) == {}
        assert PASSWORD not in (await worker.answer("/metrics"))[1]
        assert await worker.stop() == 0
        assert PASSWORD not in worker.log.read_text("utf-8")


Spoil = Callable[[SecuredKafka, dict[str, Any], Path], object]


def strange_certificate(kafka: SecuredKafka, keys: dict[str, Any], folder: Path) -> None:
    pair = Authority(folder / "strange").issue("client.example", common_name=USER)
    keys["security"] |= {"certificate_file": str(pair.certificate), "key_file": str(pair.key)}


def no_certificate(kafka: SecuredKafka, keys: dict[str, Any], folder: Path) -> None:
    del keys["security"]["certificate_file"], keys["security"]["key_file"]


def another_name(kafka: SecuredKafka, keys: dict[str, Any], folder: Path) -> None:
    keys["bootstrap_servers"] = keys["bootstrap_servers"].replace("127.0.0.1", "localhost")


def wrong_password(kafka: SecuredKafka, keys: dict[str, Any], folder: Path) -> None:
    keys["security"]["password_file"] = kafka.password_file(WRONG)


def unknown_authority(kafka: SecuredKafka, keys: dict[str, Any], folder: Path) -> None:
    keys["security"]["ca_file"] = str(Authority(folder / "strange").file)


def security(**changed: object) -> Spoil:
    """Return what changes keys of the security."""

    def spoil(kafka: SecuredKafka, keys: dict[str, Any], folder: Path) -> None:
        keys["security"] |= changed

    return spoil


MISTAKES: Final[dict[str, tuple[str, Spoil, str]]] = {
    "wrong password": (
        "SASL",
        wrong_password,
        f"refuses the credentials of user '{USER}'",
    ),
    "wrong password over TLS": (
        "SASLTLS",
        wrong_password,
        "Check kafka.security: protocol, mechanism, username and password_file",
    ),
    "unknown user": ("SASL", security(username="eve"), "the credentials of user 'eve'"),
    "mechanism that is not enabled": (
        "SASLTLS",
        security(mechanism="PLAIN"),
        "UnsupportedSaslMechanism",
    ),
    "unknown authority": (
        "SASLTLS",
        unknown_authority,
        "is not trusted ([SSL: CERTIFICATE_VERIFY_FAILED]",
    ),
    "authorities of the system": (
        "SASLTLS",
        security(ca_file=None),
        "Check kafka.security.ca_file",
    ),
    "another host name": (
        "SASLTLS",
        another_name,
        "certificate is not valid for 'localhost'",
    ),
    "no client certificate": (
        "MTLS",
        no_certificate,
        "set kafka.security.certificate_file and key_file",
    ),
    "client certificate of nobody known": (
        "MTLS",
        strange_certificate,
        "does not accept our certificate",
    ),
    "plain where TLS is spoken": (
        "SASLTLS",
        security(protocol="SASL_PLAINTEXT"),
        "speaks TLS, and kafka.security.protocol = SASL_PLAINTEXT does not",
    ),
    "password file that is not there": (
        "SASL",
        security(password_file="nowhere"),  # noqa: S106 (a path)
        "kafka.security.password_file = nowhere cannot be read",
    ),
    "authorities that are not there": (
        "SASLTLS",
        security(ca_file="nowhere"),
        "kafka.security.ca_file = nowhere: it cannot be read",
    ),
}


@pytest.mark.parametrize(("listener", "spoil", "message"), MISTAKES.values(), ids=list(MISTAKES))
async def test_a_mistake_ends_every_command_and_names_the_key(
    secured_kafka: SecuredKafka, secured_site: Site, listener: str, spoil: Spoil, message: str
) -> None:
    """Exit code 2, one plain message, and never a password."""
    keys = secured_kafka.keys(listener)
    spoil(secured_kafka, keys, secured_site.directory)
    secured_site.kafka |= keys
    config = str(secured_site.write())
    file = secured_site.directory / "events.jsonl"
    file.write_text(to_json(ticket(1)[0]), "utf-8")
    outcomes = await asyncio.gather(
        command("topics", "create", "--config", config),
        command("topics", "check", "--config", config),
        command("send", "--config", config, str(file)),
        command("worker", "--config", config),
        command("check-config", config),
    )
    *tried, checked = outcomes
    assert checked[0] == 0
    for code, _, said in tried:
        assert code == 2, said
        assert message in said
        assert "Traceback" not in said
    everything = json.dumps(outcomes)
    assert PASSWORD not in everything
    assert WRONG not in everything


async def test_a_password_in_a_variable_is_never_shown(
    secured_kafka: SecuredKafka, secured_site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The environment takes the place of the file; a wrong one is not told either."""
    secured_site.kafka |= secured_kafka.keys("SASL")
    security = secured_site.kafka["security"]
    assert isinstance(security, dict)
    del security["password_file"]
    config = str(secured_site.write())
    monkeypatch.setenv("DESKPULSE_KAFKA_SECURITY_PASSWORD", PASSWORD)
    shown = await command("check-config", config)
    assert shown[0] == 0
    assert "password: (hidden)" in shown[1]
    monkeypatch.setenv("DESKPULSE_KAFKA_SECURITY_PASSWORD", WRONG)
    refused = await command("topics", "check", "--config", config)
    assert refused[0] == 2
    assert "refuses the credentials" in refused[2]
    assert "horse" not in json.dumps([shown, refused])


async def rotated(kafka: SecuredKafka, site: Site) -> Path:
    """Prepare a user whose password is about to change; return the file that holds it."""
    await kafka.grant(rights(site.settings)[WORKER], ROTATING)
    await site.create_topics()
    await asyncio.to_thread(kafka.change_password, ROTATING, PASSWORD)
    site.kafka |= kafka.keys("SASL")
    file = site.directory / "password"
    file.write_text(PASSWORD, "utf-8")
    security = {"username": ROTATING, "password_file": str(file)}
    site.kafka["security"] = dict(kafka.keys("SASL")["security"]) | security
    site.write()
    return file


async def test_a_changed_password_needs_a_restart(
    secured_kafka: SecuredKafka, secured_site: Site
) -> None:
    """A worker notices that its own is an old one, ends, and goes on with the new one."""
    file = await rotated(secured_kafka, secured_site)
    prefix = secured_site.settings.kafka.topic_prefix
    async with secured_site.worker() as worker:
        await worker.ready()
        await asyncio.to_thread(secured_kafka.change_password, ROTATING, WRONG)
        file.write_text(WRONG, "utf-8")
        assert await worker.ended() == 2
        assert f"refuses the credentials of user '{ROTATING}'" in worker.log.read_text("utf-8")
        events = [message(each, prefix) for each in ticket(1)]
        await produce(secured_kafka.bootstrap_servers, events)
        await worker.start()
        await settled([worker], PARTITIONS)
        assert number(await worker.page(), OPENED, window="1d") == 1
