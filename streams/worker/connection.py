"""How to reach Kafka: settings -> options of every client, errors -> sentences that help."""

import ssl
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, Final, TypeVar

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.conn import collect_hosts, create_conn
from aiokafka.errors import (
    AuthenticationFailedError,
    AuthenticationMethodNotSupported,
    ClusterAuthorizationFailedError,
    GroupAuthorizationFailedError,
    IllegalSaslStateError,
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
from streams.worker.failure import RESTART, Failure

Result = TypeVar("Result")

CREDENTIALS: Final = (
    AuthenticationFailedError,
    AuthenticationMethodNotSupported,
    IllegalSaslStateError,
    SaslAuthenticationFailed,
    UnsupportedSaslMechanismError,
)
RIGHTS: Final = (
    ClusterAuthorizationFailedError,
    GroupAuthorizationFailedError,
    TopicAuthorizationFailedError,
    TransactionalIdAuthorizationFailed,
)


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


def consumer_options(kafka: Kafka, instance: str | None) -> dict[str, Any]:
    """Return the options of the worker's member of the consumer group.

    `instance` is the name of a static member, which keeps its partitions over a quick restart.
    """
    session = kafka.session_timeout
    return client_options(kafka) | {
        "group_id": kafka.group,
        "group_instance_id": instance,
        "enable_auto_commit": False,
        "auto_offset_reset": "earliest",
        "isolation_level": "read_committed",
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
    kafka: Kafka, work: Callable[[AIOKafkaAdminClient], Awaitable[Result]]
) -> Result:
    """Do `work` with a client for administration. Raises Failure with what went wrong."""
    admin = AIOKafkaAdminClient(**client_options(kafka))
    try:
        await admin.start()
        return await work(admin)
    except (KafkaError, OSError, TimeoutError) as error:
        raise failure(await _cause(error, kafka), kafka) from error
    finally:
        await admin.close()


async def _cause(error: BaseException, kafka: Kafka) -> BaseException:
    """Return why no broker let us in: aiokafka's clients tell only that none did."""
    if not isinstance(error, KafkaConnectionError):
        return error
    options = client_options(kafka)
    for host, port, _ in collect_hosts(options.pop("bootstrap_servers")):
        try:
            connection = await create_conn(host, port, **options)
        except (KafkaError, OSError, TimeoutError) as found:
            error = found
        else:
            connection.close()
    return error


def failure(error: BaseException, kafka: Kafka) -> Failure:
    """Return what went wrong and what to do; exit code 1 if time or a restart may heal it."""
    who = f"user {kafka.security.username!r}" if kafka.security.username else "an anonymous user"
    where = f"Kafka at {kafka.bootstrap_servers}"
    if isinstance(error, CREDENTIALS):
        return Failure(
            f"{where} refuses the credentials of {who} ({error}). Check kafka.security: "
            "username, password and mechanism."
        )
    if isinstance(error, RIGHTS):
        return Failure(
            f"{where} denies {who} a right ({error}). A worker reads the input topics and the "
            "group, writes the changelog and the dead letters, and writes with transactional ids "
            f'that begin with "{kafka.group}-".'
        )
    if isinstance(error, InvalidSessionTimeoutError):
        return Failure(
            f"{where} does not allow kafka.session_timeout = {written(kafka.session_timeout)}. "
            "Choose one between the broker's group.min.session.timeout.ms (6s unless changed) "
            "and group.max.session.timeout.ms."
        )
    if isinstance(error, ssl.SSLCertVerificationError):
        return Failure(
            f"The certificate of {where} is not trusted ({error}). Check "
            "kafka.security.ca_file, and that bootstrap_servers has the name in the certificate."
        )
    if isinstance(error, KafkaConnectionError | OSError | TimeoutError):
        return Failure(
            f"{where} does not answer ({str(error) or type(error).__name__}). Check whether it "
            "runs and whether kafka.bootstrap_servers and kafka.security.protocol are right.",
            RESTART,
        )
    return Failure(f"{where} answers with an error: {error!r}", RESTART)


def _ssl_context(security: Security) -> ssl.SSLContext:
    try:
        context = ssl.create_default_context(cafile=security.ca_file)
        if security.certificate_file is not None:
            context.load_cert_chain(security.certificate_file, security.key_file)
    except (OSError, ssl.SSLError) as error:
        raise Failure(f"kafka.security: a certificate cannot be read ({error})") from error
    return context


def _password(security: Security) -> str | None:
    if security.password_file is None:
        return security.password
    try:
        return Path(security.password_file).read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise Failure(f"kafka.security.password_file cannot be read ({error})") from error
