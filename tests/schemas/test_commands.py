"""`deskpulse` itself, `check-config` and `schema`."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from schemas.documents import documents, text
from schemas.settings import Settings, written
from streams.commands.main import COMMANDS, deskpulse
from streams.commands.terminal import console
from tests.certificates import Authority


def run(*arguments: str, **environment: str) -> Result:
    return CliRunner().invoke(deskpulse, list(arguments), env=environment, prog_name="deskpulse")


def test_help_lists_every_command() -> None:
    result = run("--help")
    assert result.exit_code == 0
    for name, entry in COMMANDS.items():
        assert name in result.output
        assert entry.sentence in result.output


def test_help_loads_no_command() -> None:
    """It has to answer at once."""
    program = (
        "import sys\nfrom streams.commands.main import deskpulse\n"
        "deskpulse.main(['--help'], standalone_mode=False)\n"
        "heavy = {'numpy', 'faust', 'aiokafka', 'rich', 'msgspec', 'yaml'} & set(sys.modules)\n"
        "sys.exit(f'loaded: {heavy}' if heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_with_an_example(name: str) -> None:
    result = run(name, "--help")
    assert result.exit_code == 0, result.output
    assert "Example: deskpulse" in result.output or name == "topics"


def test_the_version_says_which_core_it_is() -> None:
    result = run("--version")
    assert result.exit_code == 0
    assert result.output.startswith("deskpulse ")
    assert "core" in result.output


def test_a_misspelt_command_is_guessed() -> None:
    result = run("chek-config")
    assert result.exit_code == 2
    assert 'No such command "chek-config". Did you mean "check-config"?' in result.stderr


def test_check_config_prints_the_settings_in_effect(tmp_path: Path) -> None:
    file = tmp_path / "deskpulse.yaml"
    file.write_text("kafka:\n  security: {}\n")
    variables = {"DESKPULSE_FCR_DAYS": "3", "DESKPULSE_KAFKA_SECURITY_PASSWORD": "geheim"}
    result = run("check-config", str(file), **variables)
    assert result.exit_code == 0
    assert result.stderr == ""
    expected = written(Settings())
    expected = expected.replace("fcr:\n  days: 7", "fcr:\n  days: 3")
    expected = expected.replace("PLAINTEXT\n", "PLAINTEXT\n    password: (hidden)\n")
    assert result.stdout == expected


def test_check_config_tells_every_error(tmp_path: Path) -> None:
    file = tmp_path / "deskpulse.yaml"
    file.write_text("keying: recrod\nwindow: [1h]\n")
    result = run("check-config", str(file))
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.splitlines() == [
        f'{file}:2  window: there is no such key. Did you mean "windows"?',
        f'{file}:1  keying = "recrod": expected record or repartition. Did you mean "record"?',
        "2 errors; nothing was started.",
    ]


def test_check_config_checks_the_web_configuration_too(tmp_path: Path) -> None:
    """Its form, and the files that it names; a relative path begins at the working directory."""
    web = tmp_path / "web.yml"
    file = tmp_path / "deskpulse.yaml"
    file.write_text(f"metrics: {{web_config_file: {web}}}")
    result = run("check-config", str(file))
    assert result.exit_code == 2
    assert result.stderr.startswith(f"metrics.web_config_file = {web} cannot be read: No such")
    Authority(tmp_path).issue("localhost")
    web.write_text("tls_server_config: {cert_file: server.crt, key_file: nowhere.key}")
    result = run("check-config", str(file))
    assert result.exit_code == 2
    assert result.stdout == ""
    missing = "it cannot be read (No such file or directory)"
    assert result.stderr.splitlines() == [
        f'{web}:1  tls_server_config.key_file = "nowhere.key": {missing}',
        "1 error; nothing was started.",
    ]
    web.write_text("tls_server_config: {cert_file: server.crt, key_file: server.key}")
    assert run("check-config", str(file)).exit_code == 0


def test_check_config_wants_a_file() -> None:
    result = run("check-config", "missing.yaml")
    assert result.exit_code == 2
    assert "does not exist" in result.stderr


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "deskpulse.yaml"
    file.write_bytes(b"a\xff")
    result = run("check-config", str(file))
    assert result.exit_code == 2
    assert result.stderr == f"{file} is no text in UTF-8 (byte 1)\n"


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        ((), "events.schema.json"),
        (("--format", "json-schema"), "events.schema.json"),
        (("--format", "asyncapi"), "asyncapi.json"),
        (("--format", "settings"), "settings.schema.json"),
        (("--type", "helpdesk.call.ended"), "helpdesk.call.ended.schema.json"),
    ],
)
def test_schema_prints_a_document(arguments: tuple[str, ...], name: str) -> None:
    result = run("schema", *arguments)
    assert result.exit_code == 0
    assert json.loads(result.stdout) == documents()[name]


def test_schema_knows_the_types() -> None:
    result = run("schema", "--type", "helpdesk.nothing")
    assert result.exit_code == 2
    assert "helpdesk.nothing" in result.stderr


def test_schema_writes_all_documents(tmp_path: Path) -> None:
    assert run("schema", "--directory", str(tmp_path / "new")).exit_code == 0
    for name, document in documents().items():
        assert (tmp_path / "new" / name).read_text("utf-8") == text(document)


def test_data_is_printed_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    line = "[red]queue[/red] :warning: " + "x" * 300
    console().print(line, soft_wrap=True)
    assert capsys.readouterr().out == line + "\n"
