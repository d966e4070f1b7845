"""A file and the environment -> settings, or every error at once."""

from pathlib import Path
from typing import Any, Final

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from schemas.checking import SettingsError
from schemas.documents import settings_schema
from schemas.duration import milliseconds
from schemas.duration import written as written_duration
from schemas.policy import Policy, SlaPolicy, SlaTargets
from schemas.scalars import DAY, HOUR, MINUTE, SECOND
from schemas.settings import FILE, Kafka, Settings, describe, written
from schemas.settings_check import load_settings
from schemas.settings_tree import variables

FOLDER: Final = Path(__file__).parents[1] / "bad" / "settings"
FILES: Final = sorted(FOLDER.glob("*.yaml"))
PASSWORD: Final = "DESKPULSE_KAFKA_SECURITY_PASSWORD"  # noqa: S105 (a name)
SCHEMA: Final = Draft202012Validator(settings_schema())

# What JSON Schema cannot say: that a name exists, that keys fit each other, that YAML is well.
BEYOND_SCHEMA: Final = {
    "acr_days_twice",
    "business_calendar_unknown",
    "certificate_without_key",
    "channel_calendar_unknown",
    "effective_backwards",
    "effective_without_offset",
    "holiday_february_30",
    "hours_empty",
    "key_twice",
    "key_without_certificate",
    "listen_port_too_high",
    "sasl_without_credentials",
    "session_timeout_zero",
    "sla_calendar_unknown",
    "sla_id_twice",
    "target_zero",
    "window_twice",
    "zone_misspelt",
}

EXAMPLE: Final = """
kafka: {bootstrap_servers: "127.0.0.1:9092", group: deskpulse, topic_prefix: "helpdesk.",
        partitions: 8, security: {}}
keying: record            # or repartition
max_skew: 5m
horizon: 400d
max_label_values: 50
dimensions: {queue: [billing, tech], channel: [], priority: [low, normal, high, urgent], topic: []}
windows: [1h, 1d, 7d, 30d, 90d]
previous_windows: []
agents: {enabled: false, allow: [], max: 100}
fcr: {days: 7, same_topic: false, session_channels: [chat, phone]}
acr: {days: [1, 2, 3]}
repeat_contact: {days: 7}
conversion: {days: 5}
calendars:
  office: {zone: Europe/Warsaw, hours: {mon-fri: ["09:00-17:00"]}, holidays: ["2026-12-25"]}
business_calendar: office # or absent
channel_calendars: {phone: office}
sla:
  - {id: urgent, match: {priority: [urgent]}, objective: 0.95, pause_on: [pending],
     targets: {first_response: 15m, next_reply: 1h, resolution: 8h}}
  - {id: standard, objective: 0.9, calendar: office, targets: {first_response: 4h, resolution: 3d}}
targets: {unresolved_tickets: 200, csat_mean: 4.5}
benchmarks: {csat_mean: {industry: 4.1}}
metrics: {listen: "127.0.0.1:9877"}
"""


class PlainLoader(yaml.SafeLoader):
    """Reads YAML as JSON would have it: dates stay strings."""


PlainLoader.add_constructor("tag:yaml.org,2002:timestamp", lambda _, node: node.value)


def as_json(text: str) -> Any:
    return yaml.load(text, PlainLoader)  # noqa: S506 (a safe loader)


def load(text: str | None = None, **environment: str) -> Settings:
    return load_settings(text, environment, "deskpulse.yaml")


def refused(text: str | None = None, **environment: str) -> list[str]:
    with pytest.raises(SettingsError) as error:
        load(text, **environment)
    assert error.value.exit_code == 2
    return [fault.message for fault in error.value.faults]


def sla(text: str) -> SlaPolicy:
    (policy,) = load(f"sla: [{text}]").policy.sla
    return policy


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_bad_settings_are_refused_with_their_message(file: Path) -> None:
    expected = file.with_suffix(".txt").read_text("utf-8").splitlines()
    assert refused(file.read_text("utf-8")) == expected


@pytest.mark.parametrize(
    "file", [f for f in FILES if not f.stem.startswith("yaml_")], ids=lambda file: file.stem
)
def test_the_schema_refuses_them_too(file: Path) -> None:
    accepted = SCHEMA.is_valid(as_json(file.read_text("utf-8")))
    assert accepted == (file.stem in BEYOND_SCHEMA)


def test_every_key_has_a_default() -> None:
    assert load() == load("") == load("{}") == load("kafka:\nsla: null\n") == Settings()


def test_the_defaults_are_those_of_the_contract() -> None:
    """All of the contract's example but what users have to name themselves."""
    told = describe(Settings())
    for key, value in yaml.safe_load(EXAMPLE).items():
        match key:
            case "calendars" | "channel_calendars" | "targets" | "benchmarks":
                assert told[key] == {}
            case "business_calendar":
                assert key not in told
            case "sla":
                assert told[key] == []
            case "dimensions":
                assert told[key] == {"queue": [], "channel": [], "priority": [], "topic": []}
            case "kafka":
                assert told[key] == value | {
                    "replication_factor": 1,
                    "session_timeout": "10s",
                    "checkpoint_interval": "1s",
                    "security": {"protocol": "PLAINTEXT"},
                }
            case _:
                assert told[key] == value
    assert Settings().policy == Policy()


def test_the_example_of_the_contract_is_read() -> None:
    policy = load(EXAMPLE).policy
    assert policy.dimensions.queue == ("billing", "tech")
    assert policy.calendars["office"].hours == {"mon-fri": ("09:00-17:00",)}
    assert policy.business_calendar == "office"
    assert policy.sla[0].match == {"priority": ("urgent",)}
    assert policy.sla[0].targets == SlaTargets(15 * MINUTE, HOUR, 8 * HOUR)
    assert policy.sla[1].calendar == "office"
    assert policy.sla[1].pause_on == ("pending",)
    assert policy.targets == {"unresolved_tickets": 200, "csat_mean": 4.5}


def test_what_is_printed_can_be_read_again() -> None:
    for settings in (Settings(), load(EXAMPLE)):
        text = written(settings)
        assert load(text) == settings
        SCHEMA.validate(as_json(text))


def test_json_is_read_too() -> None:
    assert load('{"fcr": {"days": 3}, "windows": ["1h"]}').policy.fcr.days == 3


def test_a_scalar_in_match_is_a_list_of_one() -> None:
    assert sla("{id: a, match: {priority: urgent}}").match == {"priority": ("urgent",)}


def test_effective_times_are_instants_or_dates() -> None:
    policy = sla("{id: a, effective_from: 2026-06-01, effective_to: '2026-06-02T02:00:00+02:00'}")
    assert policy.effective_from == 1_780_272_000_000
    assert policy.effective_to == 1_780_272_000_000 + DAY


@pytest.mark.parametrize("days", ["mon", "mon-fri", "fri-mon", "mon,wed", "mon-tue, sat-sun"])
@pytest.mark.parametrize("hours", ["09:00-17:00", "22:00-06:00", "00:00-24:00", "09:00-09:00"])
def test_days_and_hours(days: str, hours: str) -> None:
    calendars = load(f"calendars: {{o: {{zone: UTC, hours: {{'{days}': {hours}}}}}}}").policy
    assert calendars.calendars["o"].hours == {days: (hours,)}


def test_targets_of_kpis_may_differ_by_queue() -> None:
    targets = load("targets: {csat_mean: {billing: 4.5, tech: 4}, backlog: 200}").policy.targets
    assert targets == {"csat_mean": {"billing": 4.5, "tech": 4}, "backlog": 200}


def test_every_error_is_told_at_once() -> None:
    text = "max_skew: 5\nkeying: by_hand\nsla:\n  - {calendar: office}\n  - {id: b, objective: 2}"
    assert refused(text, DESKPULSE_FCR_DAYS="0", DESKPULSE_FRC_DAYS="1") == [
        'DESKPULSE_FRC_DAYS  no setting has this name. Did you mean "DESKPULSE_FCR_DAYS"?',
        'deskpulse.yaml:2  keying = "by_hand": expected record or repartition',
        "deskpulse.yaml:1  max_skew = 5: expected a duration, such as 0s, 15m, 4h or 3d",
        "DESKPULSE_FCR_DAYS  fcr.days = 0: expected an integer from 1 to 3660",
        "deskpulse.yaml:4  sla[0].id: it is missing",
        "deskpulse.yaml:5  sla[1].objective = 2: expected a number between 0 and 1, such as 0.95",
        'deskpulse.yaml:4  sla[0].calendar = "office": no calendar has this name',
    ]


def test_one_fault_is_told_once() -> None:
    """Calendars that cannot be read are not also unknown."""
    assert refused("calendars: [office]\nbusiness_calendar: office") == [
        "deskpulse.yaml:1  calendars: expected a mapping, not a list"
    ]


@pytest.mark.parametrize(
    "text",
    [
        "&a [*a]",
        "kafka: &a {security: *a}",
        "sla: &a\n  - *a",
        "[" * 5000,
        "{" * 5000,
        "\x00",
        "max_skew: \ud800",
        "kafka: !!binary x",
        "? [a]\n: b",
        "max_skew: 2026-99-99",
        "? ",
        "a: &x 1\nb: *y",
        "horizon: 99999999999999d",
        "max_label_values: 0x",
        "targets: {a: .nan}",
        "targets: {a: .inf}",
        "dimensions: {queue: [2026-01-01T00:00:00]}\nwindows: !!set {a}",
    ],
)
def test_strange_files_are_refused(text: str) -> None:
    assert refused(text)


def test_anchors_and_merges_are_read() -> None:
    text = """
    sla:
      - &base {id: a, objective: 0.9, targets: {resolution: 1d}}
      - {<<: *base, id: b}
    """
    first, second = load(text).policy.sla
    assert (first.id, second.id) == ("a", "b")
    assert second.targets == first.targets


def test_variables_go_before_the_file() -> None:
    settings = load(
        "kafka: {group: file, partitions: 3}\nwindows: [1h]",
        DESKPULSE_KAFKA_BOOTSTRAP_SERVERS="a:1,b:2",
        DESKPULSE_KAFKA_GROUP="12",
        DESKPULSE_KAFKA_SECURITY_PROTOCOL="SSL",
        DESKPULSE_AGENTS_ENABLED="true",
        DESKPULSE_WINDOWS='["1d", "7d"]',
        DESKPULSE_SLA="[{id: a, targets: {resolution: 3d}}]",
        DESKPULSE_TARGETS='{"csat_mean": 4.5}',
        DESKPULSE_MAX_SKEW="90s",
        DESKPULSE_INSTANCE="worker-1",
        DESKPULSE_HORIZON="",
        HOME="/",
    )
    assert settings.kafka.bootstrap_servers == "a:1,b:2"
    assert settings.kafka.group == "12"
    assert settings.kafka.partitions == 3
    assert settings.kafka.security.protocol == "SSL"
    assert settings.policy.agents.enabled
    assert settings.policy.windows == ("1d", "7d")
    assert settings.policy.sla[0].targets.resolution == 3 * DAY
    assert settings.policy.targets == {"csat_mean": 4.5}
    assert settings.policy.max_skew == 90 * SECOND
    assert settings.policy.horizon == 400 * DAY


def test_variables_have_different_names() -> None:
    names = [name for name, _, _ in variables(FILE)]
    assert len(names) == len(set(names))
    assert {"DESKPULSE_KAFKA_SECURITY_PASSWORD", "DESKPULSE_REPEAT_CONTACT_DAYS"} < set(names)


def test_a_variable_that_is_no_yaml_is_named() -> None:
    assert refused(DESKPULSE_WINDOWS="[1h") == [
        "DESKPULSE_WINDOWS  no YAML: expected ',' or ']', but got '<stream end>'"
    ]


def test_secrets_are_never_told() -> None:
    text = "kafka: {security: {protocol: SASL_SSL, mechanism: PLAIN, username: ann}}"
    settings = load(text, **{PASSWORD: "geheim"})
    assert settings.kafka.security.password == "geheim"  # noqa: S105 (of nobody)
    assert "geheim" not in written(settings)
    assert "password: (hidden)" in written(settings)
    assert "geheim" not in repr(settings)
    for wrong in (
        "kafka: {security: {password: geheim}}",
        "kafka: {security: {password: [geheim]}}",
        "kafka: {security: {passwort: geheim}}",
        "kafka: {security: geheim}",
        "kafka: [geheim]",
    ):
        assert "geheim" not in "".join(refused(wrong))
    assert "geheim" not in "".join(refused(**{PASSWORD[:-1]: "geheim"}))


def test_a_password_is_given_once() -> None:
    """In a file of its own or in the environment; in the settings there is no place for it."""
    text = "kafka: {security: {password_file: /run/secrets/kafka}}"
    place = 'deskpulse.yaml:1  kafka.security.password_file = "/run/secrets/kafka"'
    told = f"{place}: {PASSWORD} is set too; one of them is enough"
    assert refused(text, **{PASSWORD: "geheim"}) == [told]


def test_kafka_has_defaults_for_a_single_broker() -> None:
    assert Kafka().session_timeout == 10 * SECOND
    assert Kafka().checkpoint_interval == SECOND
    assert Kafka().replication_factor == 1


def loaded(text: str) -> Settings | None:
    """Return the settings, None if there are errors."""
    try:
        return load(text)
    except SettingsError:
        return None


@given(st.text())
def test_any_text_is_settings_or_errors(text: str) -> None:
    settings = loaded(text)
    assert settings is None or isinstance(settings, Settings)


KEYS: Final = st.sampled_from([key.name for key in FILE.keys])
SCALARS: Final = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5)
TREES: Final = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(("id", "zone", "hours", "mon", "days", "a", "security")), inner
        )
    ),
    max_leaves=8,
)


@given(st.dictionaries(KEYS, TREES))
def test_any_tree_is_settings_or_errors(tree: dict[str, Any]) -> None:
    settings = loaded(yaml.safe_dump(tree))
    assert settings is None or load(written(settings)) == settings


@pytest.mark.parametrize(
    ("text", "length"),
    [("0s", 0), ("500ms", 500), ("90s", 90_000), ("15m", 15 * MINUTE), ("4h", 4 * HOUR)],
)
def test_durations(text: str, length: int) -> None:
    assert milliseconds(text) == length
    assert written_duration(length) == text


@pytest.mark.parametrize(
    "text", ["", "15", "m", "1.5h", "-1h", "1h30m", "1 h", "1H", "1w", "\u0661h"]
)
def test_other_durations_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"^$"):
        milliseconds(text)


@given(st.integers(0, 10**15))
def test_durations_are_written_as_they_are_read(length: int) -> None:
    assert milliseconds(written_duration(length)) == length
