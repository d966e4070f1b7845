"""A file and the environment -> settings, or every error at once. (Contract 5.)"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from schemas.checking import UNREAD, Check, Fault, SettingsError, Tie, written_path
from schemas.policy import Calendar, Policy, SlaPolicy
from schemas.settings import FILE, HIDDEN, Security, Settings
from schemas.settings_tree import Node, Path, lookup, variable, variables
from schemas.shapes import Scalar

PASSWORD: Final = variable(("kafka", "security", "password"))
NO_CALENDAR: Final = "no calendar has this name"


def load_settings(text: str | None, environment: Mapping[str, str], name: str) -> Settings:
    """Return the settings of a YAML text (None: every default) and the environment.

    `DESKPULSE_KAFKA_GROUP` overrides `kafka.group`, and so on for every key; numbers, lists and
    mappings are written as JSON or YAML. `name` is the file's name in messages.
    Raises SettingsError.
    """
    check = Check.of_text(text or "", name)
    check.faults += secrets(check.root)
    check.override(FILE, environment)
    settings = check.read(FILE, check.root, ())
    if isinstance(settings, Settings):
        # Calendars that cannot be read are not also unknown.
        follows = NO_CALENDAR if "calendars" in check.faulty else None
        check.tie(tie for tie in ties(settings) if tie[1] != follows)
    if check.faults or not isinstance(settings, Settings):
        raise SettingsError(check.faults)
    return settings


def secrets(root: Node) -> Iterator[Fault]:
    """Yield the secrets that stand in the file itself, where people and backups read them."""
    for name, path, shape in variables(FILE):
        node = lookup(root, path)
        secret = isinstance(shape, Scalar) and shape.form.secret
        if secret and node is not None and node.value is not None:
            key = written_path(path)
            cure = f"write it into a file and name that in {key}_file, or set {name}"
            yield Fault(node.place, key, HIDDEN, f"a secret does not belong here; {cure}")
            # Its form is no second fault, nor is its absence.
            node.value = HIDDEN


def ties(settings: Settings) -> Iterator[Tie]:
    """Yield what is wrong between keys."""
    policy = settings.policy
    yield from security_ties(settings.kafka.security)
    yield from repetitions(("windows",), policy.windows)
    yield from repetitions(("previous_windows",), policy.previous_windows)
    yield from repetitions(("acr", "days"), policy.acr.days)
    yield from calendar_ties(policy)
    yield from sla_ties(policy.sla)


def security_ties(security: Security) -> Iterator[Tie]:
    """Yield what is missing or too much in how we prove who we are."""
    path = ("kafka", "security")
    if security.protocol.startswith("SASL"):
        if security.mechanism is None:
            yield (*path, "protocol"), "it needs a mechanism beside it", ()
        if security.username is None:
            yield (*path, "protocol"), "it needs a username beside it", ()
        if security.password is None and security.password_file is None:
            problem = f"it needs a password_file beside it, or {PASSWORD}"
            yield (*path, "protocol"), problem, ()
    if security.password is not None and security.password_file is not None:
        yield (*path, "password_file"), f"{PASSWORD} is set too; one of them is enough", ()
    if security.certificate_file is not None and security.key_file is None:
        yield (*path, "certificate_file"), "it needs a key_file beside it", ()
    if security.key_file is not None and security.certificate_file is None:
        yield (*path, "key_file"), "it needs a certificate_file beside it", ()


def repetitions(path: Path, values: Sequence[object]) -> Iterator[Tie]:
    """Yield values that stand in a list twice."""
    for i, value in enumerate(values):
        if value is not UNREAD and value in values[:i]:
            yield (*path, i), "it stands here twice", ()


def calendar_ties(policy: Policy) -> Iterator[Tie]:
    """Yield calendars that never open, and names of calendars that there are not."""
    for name, calendar in policy.calendars.items():
        hours = calendar.hours if isinstance(calendar, Calendar) else UNREAD
        if isinstance(hours, dict) and not any(hours.values()):
            yield ("calendars", name, "hours"), "it never opens", ()
    uses: list[tuple[Path, object]] = [(("business_calendar",), policy.business_calendar)]
    for channel, name in policy.channel_calendars.items():
        uses.append((("channel_calendars", channel), name))
    for i, sla in enumerate(policy.sla):
        if isinstance(sla, SlaPolicy):
            uses.append((("sla", i, "calendar"), sla.calendar))
    for path, used in uses:
        if isinstance(used, str) and used not in policy.calendars:
            yield path, NO_CALENDAR, policy.calendars


def sla_ties(policies: Sequence[object]) -> Iterator[Tie]:
    """Yield ids that stand twice, and policies that end before they begin."""
    ids: set[str] = set()
    for i, sla in enumerate(policies):
        if not isinstance(sla, SlaPolicy):
            continue
        if isinstance(sla.id, str):
            if sla.id in ids:
                yield (
                    ("sla", i, "id"),
                    "two policies have this id; a new version has a new one",
                    (),
                )
            ids.add(sla.id)
        begin, end = sla.effective_from, sla.effective_to
        if begin is not None and end is not None and end <= begin:
            yield ("sla", i, "effective_to"), "it is not later than effective_from", ()
