"""A real Kafka that asks who is there, by password or by certificate, and what one may do."""

import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.protocol.admin import CreateAclsRequest

from streams.demo.broker import SCRAM, Broker
from streams.worker.rights import Right
from tests.certificates import Authority, Pair
from tests.integration.commands import deskpulse

HOST: Final = "127.0.0.1"
USER: Final = "deskpulse"
PASSWORD: Final = "correct horse battery staple"  # noqa: S105 (of a test's own broker)
# Whose password a test changes.
ROTATING: Final = "rotating"

LISTENERS: Final = {"SASL": "SASL_PLAINTEXT", "SASLTLS": "SASL_SSL", "MTLS": "SSL"}
MECHANISMS: Final = (*SCRAM, "PLAIN")
SECURITY: Final = "org.apache.kafka.common.security"
LOGIN: Final = {
    **dict.fromkeys(SCRAM, f"{SECURITY}.scram.ScramLoginModule required;"),
    "PLAIN": f'{SECURITY}.plain.PlainLoginModule required user_{USER}="{PASSWORD}";',
}
AUTHORIZER: Final = {
    "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
    # Whoever comes by the listener that asks for nothing: the broker itself, and tests.
    "super.users": "User:ANONYMOUS",
}

# Kafka's numbers for what an access control list says.
OPERATIONS: Final = {"Read": 3, "Write": 4, "Create": 5, "Describe": 8, "DescribeConfigs": 10}
RESOURCES: Final = {"topic": 2, "group": 3, "transactional id": 5}
LITERAL, PREFIXED, ALLOW = 3, 4, 3


@dataclass(frozen=True)
class SecuredKafka:
    """A broker with a listener of each kind; `client` is the certificate of the user."""

    broker: Broker
    authority: Authority
    client: Pair
    folder: Path

    @property
    def bootstrap_servers(self) -> str:
        """The address of the listener that asks for nothing."""
        return self.broker.bootstrap_servers

    def password_file(self, password: str = PASSWORD) -> str:
        """Return a file that holds a password, with a line feed as editors leave it."""
        file = self.folder / f"password-{abs(hash(password))}"
        file.write_text(f"{password}\n", "utf-8")
        return str(file)

    def keys(self, listener: str, mechanism: str = SCRAM[1]) -> dict[str, Any]:
        """Return the settings below `kafka` that lead to a listener."""
        security: dict[str, Any] = {"protocol": LISTENERS[listener]}
        if listener != "MTLS":
            security |= {"mechanism": mechanism, "username": USER}
            security |= {"password_file": self.password_file()}
        if listener != "SASL":
            security |= {"ca_file": str(self.authority.file)}
        if listener == "MTLS":
            security |= {"certificate_file": str(self.client.certificate)}
            security |= {"key_file": str(self.client.key)}
        return {"bootstrap_servers": self.broker.servers(listener), "security": security}

    async def grant(self, rights: Iterable[Right], user: str = USER) -> None:
        """Let a user do something."""
        admin = AIOKafkaAdminClient(bootstrap_servers=self.bootstrap_servers)
        await admin.start()
        try:
            for right in rights:
                request = CreateAclsRequest(
                    RESOURCES[right.resource],
                    right.name,
                    PREFIXED if right.prefixed else LITERAL,
                    f"User:{user}",
                    "*",
                    OPERATIONS[right.operation],
                    ALLOW,
                )
                answer = await admin._send_request(request)
                assert [code for code, _ in answer.creation_responses] == [0]
        finally:
            await admin.close()

    def change_password(self, user: str, password: str) -> None:
        """Give a user another password, as an administrator does; it blocks."""
        java = self.broker._command[: self.broker._command.index("kafka.Kafka")]
        change = f"{SCRAM[1]}=[password={password}]"
        tool = ["kafka.admin.ConfigCommand", "--bootstrap-server", self.bootstrap_servers]
        what = ["--entity-type", "users", "--entity-name", user, "--alter", "--add-config", change]
        subprocess.run([*java, *tool, *what], check=True, capture_output=True)


def start(folder: Path, properties: dict[str, str]) -> SecuredKafka:
    """Start a secured Kafka; the caller stops its broker."""
    authority = Authority(folder / "certificates")
    server = authority.issue(HOST)
    client = authority.issue("client.example", file="client", common_name=USER)
    pem = folder / "broker.pem"
    pem.write_bytes(server.key.read_bytes() + server.certificate.read_bytes())
    tls = {"ssl.keystore.type": "PEM", "ssl.keystore.location": str(pem)}
    certificates = {
        "ssl.client.auth": "required",
        "ssl.truststore.type": "PEM",
        "ssl.truststore.location": str(authority.file),
        "ssl.principal.mapping.rules": "RULE:^.*CN=([^,]+).*$/$1/",
    }
    each = {
        "sasl": login(*MECHANISMS),
        "sasltls": login(*SCRAM) | tls,
        "mtls": tls | certificates,
    }
    broker = Broker.start(
        folder / "broker",
        listeners=LISTENERS,
        users={USER: PASSWORD, ROTATING: PASSWORD},
        properties={
            **AUTHORIZER,
            **properties,
            **{
                f"listener.name.{listener}.{key}": value
                for listener, keys in each.items()
                for key, value in keys.items()
            },
        },
    )
    return SecuredKafka(broker, authority, client, folder)


def login(*mechanisms: str) -> dict[str, str]:
    """Return the properties of a listener at which users log in by these mechanisms."""
    modules = {f"{name.lower()}.sasl.jaas.config": LOGIN[name] for name in mechanisms}
    return {"sasl.enabled.mechanisms": ",".join(mechanisms), **modules}


async def command(*arguments: str) -> tuple[int, str, str]:
    """Run a command; return exit code, standard output and standard error."""
    done = await deskpulse(*arguments)
    return done.returncode, done.stdout, done.stderr
