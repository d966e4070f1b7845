"""How Kafka is reached, and what is said when it is not."""

import ssl
from pathlib import Path

import pytest
from aiokafka.coordinator.assignors.range import RangePartitionAssignor
from aiokafka.errors import (
    ClusterAuthorizationFailedError,
    GroupAuthorizationFailedError,
    InconsistentGroupProtocolError,
    InvalidSessionTimeoutError,
    KafkaConnectionError,
    SaslAuthenticationFailed,
    TopicAuthorizationFailedError,
    TransactionalIdAuthorizationFailed,
    UnknownError,
)

from schemas.settings import Kafka, Security
from streams.worker.connection import client_options, consumer_options, failure
from streams.worker.diagnosis import SpeaksTls
from streams.worker.failure import Failure
from tests.certificates import Authority

GIVEN = "given here"
READ = "read from a file"
NOWHERE = "/nowhere/at-all"
SASL = Security(
    protocol="SASL_PLAINTEXT", mechanism="SCRAM-SHA-512", username="ann", password=GIVEN
)


def test_plain_text_needs_an_address_only() -> None:
    """No credentials, no certificates."""
    assert client_options(Kafka()) == {
        "bootstrap_servers": "127.0.0.1:9092",
        "security_protocol": "PLAINTEXT",
    }


def test_a_user_has_a_password_or_a_file_with_it(tmp_path: Path) -> None:
    """The file wins; the end of its line is no part of the password."""
    (tmp_path / "password").write_text(f"{READ}\n", "utf-8")
    given = client_options(Kafka(security=SASL))
    read = client_options(
        Kafka(
            security=Security(
                protocol="SASL_SSL",
                mechanism="PLAIN",
                username="ann",
                password_file=str(tmp_path / "password"),
            )
        )
    )
    assert given["sasl_plain_password"] == GIVEN
    assert given["sasl_mechanism"] == "SCRAM-SHA-512"
    assert "ssl_context" not in given
    assert read["sasl_plain_password"] == READ
    assert isinstance(read["ssl_context"], ssl.SSLContext)


@pytest.mark.parametrize(
    "security",
    [
        Security(protocol="SSL", ca_file=NOWHERE),
        Security(protocol="SSL", certificate_file=NOWHERE, key_file=NOWHERE),
        Security(protocol="SASL_PLAINTEXT", mechanism="PLAIN", password_file=NOWHERE),
    ],
)
def test_a_file_that_cannot_be_read_is_told(security: Security) -> None:
    """Before anything is started."""
    with pytest.raises(Failure, match="cannot be read") as told:
        client_options(Kafka(security=security))
    assert told.value.exit_code == 2


def test_every_authority_of_a_file_is_trusted(tmp_path: Path) -> None:
    """A new one stands beside the old one while brokers change over."""
    old, new = Authority(tmp_path / "old"), Authority(tmp_path / "new")
    both = tmp_path / "both.pem"
    both.write_bytes(old.file.read_bytes() + new.file.read_bytes())
    options = client_options(Kafka(security=Security(protocol="SSL", ca_file=str(both))))
    assert options["ssl_context"].cert_store_stats()["x509_ca"] == 2


def test_the_member_reads_committed_records_from_the_beginning() -> None:
    """And commits by itself only what a checkpoint covers."""
    options = consumer_options(Kafka(session_timeout=10_000), "pod-1", RangePartitionAssignor)
    assert options["isolation_level"] == "read_committed"
    assert options["auto_offset_reset"] == "earliest"
    assert options["enable_auto_commit"] is False
    assert options["group_instance_id"] == "pod-1"
    assert options["heartbeat_interval_ms"] * 5 == options["session_timeout_ms"] == 10_000


@pytest.mark.parametrize(
    ("error", "said", "exit_code"),
    [
        (SaslAuthenticationFailed("no"), "refuses the credentials of user 'ann'", 2),
        (GroupAuthorizationFailedError("deskpulse"), "There needs a worker Read.", 2),
        (TopicAuthorizationFailedError({"helpdesk.calls"}), '"send" Write', 2),
        (TransactionalIdAuthorizationFailed("deskpulse-3"), "There needs a worker Write.", 2),
        (ClusterAuthorizationFailedError(), "denies user 'ann' a right on the cluster", 2),
        (ssl.SSLError(1, "[SSL: ALERT] alert"), "kafka.security.certificate_file", 2),
        (SpeaksTls(), "kafka.security.protocol = SASL_PLAINTEXT does not", 2),
        (InconsistentGroupProtocolError(), "stop all workers, then start them again", 1),
        (InvalidSessionTimeoutError(), "does not allow kafka.session_timeout = 10s", 2),
        (ssl.SSLCertVerificationError("self-signed"), "kafka.security.ca_file", 2),
        (KafkaConnectionError("away"), "does not answer", 1),
        (TimeoutError(), "does not answer (TimeoutError)", 1),
        (UnknownError("?"), "answers with an error", 1),
    ],
)
def test_errors_say_what_to_do(error: Exception, said: str, exit_code: int) -> None:
    """Exit code 1 where time may heal it, 2 where something has to be set right."""
    told = failure(error, Kafka(security=SASL))
    assert said in str(told)
    assert GIVEN not in str(told)
    assert told.exit_code == exit_code
