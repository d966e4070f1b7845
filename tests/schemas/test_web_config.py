"""A web configuration, or every error at once."""

from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from schemas.checking import SettingsError, Tie
from schemas.web_config import (
    HEADERS,
    UNSUPPORTED,
    HttpServer,
    TlsServer,
    WebConfig,
    load_web_config,
)

FOLDER: Final = Path(__file__).parents[1] / "bad" / "web_config"
FILES: Final = sorted(FOLDER.glob("*.yml"))
HASH: Final = "$2y$10$X0h1gDsPszWURQaxFh.zoubFi6DXncSjhoQNJgRrnGs7EsimhC7zG"
USERS: Final = f"basic_auth_users: {{ann: {HASH}}}\n"
TLS: Final = "tls_server_config: {cert_file: a.crt, key_file: a.key}\n"


def load(text: str) -> WebConfig:
    return load_web_config(text, "web.yml")


def refused(text: str) -> list[str]:
    with pytest.raises(SettingsError) as error:
        load(text)
    return [fault.message for fault in error.value.faults]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_bad_file_is_refused_with_its_message(file: Path) -> None:
    expected = file.with_suffix(".txt").read_text("utf-8").splitlines()
    assert refused(file.read_text("utf-8")) == expected


def test_every_error_is_told_at_once() -> None:
    assert len(refused(f"rate_limit: 1\nhttp2: true\n{TLS[:-2]}, cert: x, min_version: 1}}")) == 4


def test_what_is_left_out_has_the_defaults_of_the_format() -> None:
    """TLS 1.2 and later, no client certificates, no headers; HTTP/2 aside, which is not served."""
    assert load(TLS + USERS) == WebConfig(TlsServer("a.crt", "a.key"), HttpServer(), {"ann": HASH})
    assert load(TLS).tls_server_config == TlsServer(
        cert_file="a.crt",
        key_file="a.key",
        client_auth_type="NoClientCert",
        client_ca_file=None,
        min_version="TLS12",
        max_version="TLS13",
        cipher_suites=(),
        prefer_server_cipher_suites=True,
    )


def test_each_header_of_the_format_can_be_set() -> None:
    headers = {name: (values or ("anything",))[0] for name, values in HEADERS.items()}
    text = yaml.safe_dump({"http_server_config": {"headers": headers, "http2": False}})
    assert load(text).http_server_config.headers == headers


@pytest.mark.parametrize("path", UNSUPPORTED)
def test_what_is_not_supported_is_refused_by_name_with_a_cure(path: tuple[str, ...]) -> None:
    tree: Any = "geheim"
    for step in reversed(path):
        tree = {step: tree}
    (message,) = [each for each in refused(yaml.safe_dump(tree)) if "not supported" in each]
    assert message.startswith(f"web.yml:{len(path)}  {'.'.join(path)}: it is not supported here; ")
    assert "geheim" not in message


def test_files_are_judged_once_the_form_is_right() -> None:
    def missing(config: WebConfig) -> list[Tie]:
        assert config.tls_server_config is not None
        return [(("tls_server_config", "key_file"), "it is not there", ())]

    with pytest.raises(SettingsError) as error:
        load_web_config(TLS, "web.yml", missing)
    assert [fault.message for fault in error.value.faults] == [
        'web.yml:1  tls_server_config.key_file = "a.key": it is not there'
    ]
    with pytest.raises(SettingsError, match="cert_file: it is missing"):
        load_web_config("tls_server_config: {}", "web.yml", missing)


def judge(text: str) -> None:
    """Read a text; anything but a configuration or errors is a failure."""
    with suppress(SettingsError):
        assert load(text) != WebConfig()


@given(st.text())
def test_any_text_is_a_configuration_or_errors(text: str) -> None:
    judge(text)


KEYS: Final = st.sampled_from(
    (
        *("tls_server_config", "http_server_config", "basic_auth_users", "rate_limit"),
        *("cert", "cert_file", "key_file", "client_auth_type", "cipher_suites", "headers"),
        *("min_version", "http2", "X-Frame-Options", "client_allowed_sans", "ann"),
    )
)
VALUES: Final = st.sampled_from(("a", "deny", "TLS12", "TLS13", HASH, True, 1, None))


@given(
    st.dictionaries(
        KEYS,
        st.recursive(
            VALUES, lambda inner: st.lists(inner) | st.dictionaries(KEYS, inner), max_leaves=6
        ),
    )
)
def test_any_tree_is_a_configuration_or_errors(tree: dict[str, Any]) -> None:
    judge(yaml.safe_dump(tree))
