"""How to reach Kafka: settings -> options of every client, errors -> sentences that help."""

import ssl
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any, Final, TypeVar

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.coordinator.assignors.abstract import AbstractPartitionAssignor
from aiokafka.errors import (
    AuthenticationFailedError,
    AuthenticationMethodNotSupported,
    ClusterAuthorizationFailedError,
    GroupAuthorizationFailedError,
    IllegalSaslStateError,
    InconsistentGroupProtocolError,
    InvalidSessionTimeoutError,
    KafkaConnectionError,
    KafkaError,
    SaslAuthenticationFailed,
    TopicAuthorizationFailedError,
    TransactionalIdAuthorizationFailed,
    UnsupportedSaslMechanismError,
)

from schemas.duration import written
from schemas.scalars import SECOND
from schemas.settings import Kafka, Security
from streams.worker.certificates import certificate_fault, show, trust
from streams.worker.diagnosis import SpeaksTls, cause
from streams.worker.failure import RESTART, Failure
from streams.worker.files import read_text
from streams.worker.rights import needed

Result = TypeVar("Result")

CREDENTIALS: Final = (
    AuthenticationFailedError,
    AuthenticationMethodNotSupported,
    IllegalSaslStateError,
    SaslAuthenticationFailed,
    UnsupportedSaslMechanismError,
)
# Error -> the kind of resource that it is about.
RIGHTS: Final[dict[type[BaseException], str]] = {
    ClusterAuthorizationFailedError: "cluster",
    GroupAuthorizationFailedError: "group",
    TopicAuthorizationFailedError: "topic",
    TransactionalIdAuthorizationFailed: "transactional id",
}


def client_options(kafka: Kafka) -> dict[str, Any]:
    """Return what every client is given: where Kafka is and who we are.

    Raises Failure if a certificate or the password cannot be read.
    """
    security = kafka.security
    options: dict[str, Any] = {
        "bootstrap_servers": kafka.bootstrap_servers,
        "security_protocol": security.protocol,
    }
    if "SSL" in security.protocol.split("_"):
        options["ssl_context"] = _ssl_context(security)
    if security.protocol.startswith("SASL"):
        options |= {
            "sasl_mechanism": security.mechanism,
            "sasl_plain_username": security.username,
            "sasl_plain_password": _password(security),
        }
    return options


def consumer_options(
    kafka: Kafka, instance: str | None, assignor: type[AbstractPartitionAssignor]
) -> dict[str, Any]:
    """Return the options of the worker's member of the consumer group.

    `assignor` shares out the partitions. `instance` is the name of a static member, which keeps
    its partitions over a quick restart.
    """
    session = kafka.session_timeout
    return client_options(kafka) | {
        "group_id": kafka.group,
        "group_instance_id": instance,
        "enable_auto_commit": False,
        "auto_offset_reset": "earliest",
        "isolation_level": "read_committed",
        "partition_assignment_strategy": [assignor],
        "session_timeout_ms": session,
        "heartbeat_interval_ms": session // 5,
        "rebalance_timeout_ms": 3 * session,
        "request_timeout_ms": 2 * session + 10 * SECOND,
        # A recovery may take long, and nothing is fetched meanwhile; heartbeats go on.
        "max_poll_interval_ms": 24 * 3600 * SECOND,
        "max_poll_records": 5000,
        "fetch_max_wait_ms": 500,
    }


async def administrate(
    kafka: Kafka,
    work: Callable[[AIOKafkaAdminClient], Awaitable[Result]],
    client: Mapping[str, Any] | None = None,
) -> Result:
    """Do `work` with a client for administration. Raises Failure with what went wrong.

    `client` are the options that a worker was started with: a password that has changed since is
    none of its own.
    """
    options = client_options(kafka) if client is None else client
    admin = AIOKafkaAdminClient(**options)
    try:
        await admin.start()
        return await work(admin)
    except (KafkaError, OSError, TimeoutError) as error:
        raise failure(await cause(error, options), kafka) from error
    finally:
        await admin.close()


async def explained(error: BaseException, kafka: Kafka) -> Failure:
    """Return what `failure` does, after a look at why no broker let us in."""
    return failure(await cause(error, client_options(kafka)), kafka)


def failure(error: BaseException, kafka: Kafka) -> Failure:
    """Return what went wrong and what to do; exit code 1 if time or a restart may heal it."""
    where = f"Kafka at {kafka.bootstrap_servers}"
    if isinstance(error, CREDENTIALS):
        return Failure(
            f"{where} refuses the credentials of {_who(kafka)} ({error}). Check kafka.security: "
            "protocol, mechanism, username and password_file, or the variable with the password."
        )
    if isinstance(error, tuple(RIGHTS)):
        return _denied(error, kafka)
    if isinstance(error, InvalidSessionTimeoutError):
        return Failure(
            f"{where} does not allow kafka.session_timeout = {written(kafka.session_timeout)}. "
            "Choose one between the broker's group.min.session.timeout.ms (6s unless changed) "
            "and group.max.session.timeout.ms."
        )
    if isinstance(error, ssl.SSLError | SpeaksTls):
        return _mistrusted(error, kafka)
    if isinstance(error, InconsistentGroupProtocolError):
        return Failure(
            f"{where} does not let us into group {kafka.group}: its members run with another "
            "keying, or kpis.disable leaves out all KPIs of customers for some of us only. Such "
            "a change cannot be rolled out one by one: stop all workers, then start them again. "
            "Members that died are gone after a session timeout.",
            RESTART,
        )
    if isinstance(error, KafkaConnectionError | OSError | TimeoutError):
        return Failure(
            f"{where} does not answer ({str(error) or type(error).__name__}). Check whether it "
            "runs and whether kafka.bootstrap_servers and kafka.security.protocol are right.",
            RESTART,
        )
    return Failure(f"{where} answers with an error: {error!r}", RESTART)


def is_denial(error: object) -> bool:
    """Return whether Kafka denies us a right, which no time heals."""
    return isinstance(error, tuple(RIGHTS))


def _denied(error: BaseException, kafka: Kafka) -> Failure:
    """Return which right is missing, as far as Kafka says, and who needs which."""
    resource = next(kind for of, kind in RIGHTS.items() if isinstance(error, of))
    named = error.args[0] if error.args else ""
    names = sorted(map(str, named)) if isinstance(named, set | frozenset | list) else [str(named)]
    what = f"{resource} {', '.join(names)}".strip()
    needs = [needs for name in names if (needs := needed(kafka, resource, name))]
    there = f" There needs {' and '.join(needs)}." if needs else ""
    return Failure(
        f"Kafka at {kafka.bootstrap_servers} denies {_who(kafka)} a right on the {what}."
        f"{there} Let an administrator of Kafka grant what is missing; "
        "docs/kafka-security.md has every right that is needed."
    )


def _mistrusted(error: ssl.SSLError | SpeaksTls, kafka: Kafka) -> Failure:
    """Return why TLS does not come about."""
    security, where = kafka.security, f"Kafka at {kafka.bootstrap_servers}"
    if isinstance(error, SpeaksTls):
        return Failure(
            f"{where} speaks TLS, and kafka.security.protocol = {security.protocol} does not. "
            "Choose SSL or SASL_SSL."
        )
    if isinstance(error, ssl.SSLCertVerificationError):
        return Failure(
            f"The certificate of {where} is not trusted ({error}). Check "
            "kafka.security.ca_file, and that bootstrap_servers has the name in the certificate."
        )
    if security.certificate_file is None:
        return Failure(
            f"{where} ends the TLS handshake ({error}). If it asks for a certificate of ours, set "
            "kafka.security.certificate_file and key_file."
        )
    return Failure(
        f"{where} does not accept our certificate ({error}). Is kafka.security.certificate_file = "
        f"{security.certificate_file} valid, and of an authority that Kafka trusts?"
    )


def _who(kafka: Kafka) -> str:
    """Return as whom we come."""
    security = kafka.security
    if security.username is not None:
        return f"user {security.username!r}"
    if security.certificate_file is not None:
        return f"the owner of kafka.security.certificate_file = {security.certificate_file}"
    return "an anonymous user"


def _ssl_context(security: Security) -> ssl.SSLContext:
    """Return the TLS of every client. Raises Failure with everything that is wrong."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    faults = []
    if security.ca_file is None:
        context.load_default_certs()
    elif fault := trust(context, Path(security.ca_file)):
        faults.append(f"ca_file = {security.ca_file}: {fault}")
    if security.certificate_file is not None and security.key_file is not None:
        certificate, key = Path(security.certificate_file), Path(security.key_file)
        if fault := certificate_fault(certificate):
            faults.append(f"certificate_file = {certificate}: {fault}")
        elif fault := show(context, certificate, key):
            faults.append(f"key_file = {key}: {fault}")
    if faults:
        raise Failure("\n".join(f"kafka.security.{fault}" for fault in faults))
    return context


def _password(security: Security) -> str | None:
    if security.password_file is None:
        return security.password
    file = Path(security.password_file)
    return read_text(file, f"kafka.security.password_file = {file}").strip()
