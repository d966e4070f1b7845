"""Every key of the settings: type, default, sentence. (Contract 5; 7, ruling 33.)"""

from typing import Annotated, Any, Final

import yaml
from msgspec import Meta, Struct

from schemas import forms
from schemas.alerts import Alerts
from schemas.forms import words
from schemas.policy import Duration, Policy
from schemas.scalars import SECOND
from schemas.shapes import Block, Either, Key, Listing, Scalar, Shape, Table, keys_of

HIDDEN: Final = "(hidden)"


class Security(Struct, frozen=True):
    """How to prove to Kafka who we are. Files are paths."""

    protocol: Annotated[
        Annotated[str, words("PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL")],
        Meta(description="Kafka's security protocol."),
    ] = "PLAINTEXT"
    mechanism: Annotated[
        Annotated[str, words("PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512")] | None,
        Meta(description="SASL mechanism; needed with the two SASL protocols."),
    ] = None
    username: Annotated[str | None, Meta(description="SASL user.")] = None
    password: Annotated[
        Annotated[str, forms.SECRET] | None,
        Meta(description="SASL password; only in the environment, else in `password_file`."),
    ] = None
    password_file: Annotated[
        str | None, Meta(description="File that holds the SASL password, such as a secret.")
    ] = None
    ca_file: Annotated[
        str | None, Meta(description="Authorities trusted for TLS (PEM); absent: the system's.")
    ] = None
    certificate_file: Annotated[
        str | None, Meta(description="Our certificate for TLS (PEM), with `key_file`.")
    ] = None
    key_file: Annotated[
        str | None, Meta(description="Key of our certificate (PEM), without a password.")
    ] = None

    def __repr__(self) -> str:
        """Leave the password out: a representation may end in a log."""
        return f"Security(protocol={self.protocol!r}, username={self.username!r})"


class Kafka(Struct, frozen=True):
    """Where Kafka is, and how much of it is ours."""

    bootstrap_servers: Annotated[
        Annotated[str, forms.SERVERS], Meta(description="Brokers to ask first.")
    ] = "127.0.0.1:9092"
    group: Annotated[
        Annotated[str, forms.NAME],
        Meta(description="Consumer group; also begins the names of our topics and transactions."),
    ] = "deskpulse"
    topic_prefix: Annotated[
        Annotated[str, forms.PREFIX], Meta(description="What the names of all topics begin with.")
    ] = "helpdesk."
    partitions: Annotated[
        Annotated[int, forms.whole(1, 10_000)],
        Meta(description="Partitions of each topic; they cannot be changed later."),
    ] = 8
    replication_factor: Annotated[
        Annotated[int, forms.whole(1, 100)],
        Meta(description="Copies of each partition of topics that we create."),
    ] = 1
    session_timeout: Annotated[
        Duration, Meta(description="Silence after which a worker loses its partitions.")
    ] = 10 * SECOND
    checkpoint_interval: Annotated[
        Duration, Meta(description="Time between two checkpoints of a partition.")
    ] = SECOND
    security: Annotated[Security, Meta(description="How to prove who we are.")] = Security()


class Metrics(Struct, frozen=True):
    """Where the metrics are served."""

    listen: Annotated[
        Annotated[str, forms.LISTEN],
        Meta(description="Address of /metrics, /-/healthy, /-/ready and /; port 0: any free."),
    ] = "127.0.0.1:9877"
    web_config_file: Annotated[
        str | None,
        Meta(description="TLS and passwords of these pages, see below; absent: plain HTTP."),
    ] = None


class Settings(Struct, frozen=True, kw_only=True):
    """All settings. In the file the keys of `policy` stand beside the others."""

    kafka: Annotated[Kafka, Meta(description="Where Kafka is, and how to use it.")] = Kafka()
    keying: Annotated[
        Annotated[str, words("record", "repartition")],
        Meta(description="Whether records have our keys, or are to be re-keyed first."),
    ] = "record"
    metrics: Annotated[Metrics, Meta(description="Where the metrics are served.")] = Metrics()
    alerts: Annotated[Alerts, Meta(description="When `deskpulse rules` calls a person.")] = (
        Alerts()
    )
    policy: Annotated[Policy, Meta(description="What may change a number.")] = Policy()


POLICY_KEYS: Final = keys_of(Policy)
# The structure of the file.
FILE: Final = Block(
    Settings,
    (*(key for key in keys_of(Settings) if key.name != "policy"), *POLICY_KEYS),
)


def assemble(kind: type[Struct], values: dict[str, Any]) -> Struct:
    """Return the block `kind` of its values; the file's own keys are parted from the policy's."""
    if kind is not Settings:
        return kind(**values)
    policy = {key.name: values.pop(key.name) for key in POLICY_KEYS}
    return Settings(policy=Policy(**policy), **values)


def describe(settings: Settings) -> dict[str, Any]:
    """Return the settings as they are written in a file: secrets hidden, absent keys left out."""
    members = {
        key.name: getattr(settings.policy if key in POLICY_KEYS else settings, key.name)
        for key in FILE.keys
    }
    return {key.name: plain(key.shape, members[key.name]) for key in present(FILE.keys, members)}


def present(keys: tuple[Key, ...], members: dict[str, Any]) -> list[Key]:
    """Return the keys that have a value."""
    return [key for key in keys if members[key.name] is not None]


def plain(shape: Shape, value: Any) -> Any:
    """Return a value as it is written in a file."""
    match shape:
        case Scalar(form=form):
            return HIDDEN if form.secret else form.write(value)
        case Listing(item=item):
            return [plain(item, each) for each in value]
        case Table(value=inner):
            return {name: plain(inner, each) for name, each in value.items()}
        case Either(scalar=scalar, table=table):
            return plain(table if isinstance(value, dict) else scalar, value)
        case Block(keys=keys):
            members = {key.name: getattr(value, key.name) for key in keys}
            return {
                key.name: plain(key.shape, members[key.name]) for key in present(keys, members)
            }


def written(settings: Settings) -> str:
    """Return the settings as a file: YAML, secrets hidden."""
    return yaml.safe_dump(describe(settings), sort_keys=False, allow_unicode=True, width=99)
