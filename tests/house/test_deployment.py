"""The form of what cannot run here: compose, the image, Prometheus, Grafana."""

import re
import shutil
import subprocess
from typing import Any, Final

import pytest
import yaml

from schemas.settings_check import load_settings
from tests.house.repository import ROOT

DEPLOY: Final = ROOT / "deploy"


def read(file: str) -> Any:
    """Return a YAML file."""
    return yaml.safe_load((ROOT / file).read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def compose() -> Any:
    """The compose file."""
    return read("docker-compose.yml")


def test_compose_has_the_whole_chain(compose: Any) -> None:
    wanted = {"kafka", "topics", "worker", "prometheus", "alertmanager", "grafana"}
    assert set(compose["services"]) == wanted


def test_images_are_pinned(compose: Any) -> None:
    images = [service["image"] for service in compose["services"].values()]
    assert [image for image in images if not re.search(r":v?\d+\.\d+\.\d+$", image)] == []


def test_whatever_keeps_running_has_a_health_check(compose: Any) -> None:
    lasting = {name: each for name, each in compose["services"].items() if each["restart"] != "no"}
    assert [name for name, service in lasting.items() if "healthcheck" not in service] == []


def test_kafka_needs_no_zookeeper_and_keeps_its_data(compose: Any) -> None:
    kafka = compose["services"]["kafka"]
    assert kafka["environment"]["KAFKA_PROCESS_ROLES"] == "broker,controller"
    assert kafka["volumes"] == [f"kafka-data:{kafka['environment']['KAFKA_LOG_DIRS']}"]


def test_named_volumes_are_declared_and_mounted_files_exist(compose: Any) -> None:
    sources = [
        volume.split(":")[0]
        for service in compose["services"].values()
        for volume in service.get("volumes", ())
    ]
    files = [source for source in sources if source.startswith(".")]
    assert set(sources) - set(files) == set(compose["volumes"])
    assert [file for file in files if not (ROOT / file).exists()] == []


def test_workers_start_after_kafka_and_their_topics(compose: Any) -> None:
    services = compose["services"]
    assert services["topics"]["depends_on"]["kafka"]["condition"] == "service_healthy"
    condition = services["worker"]["depends_on"]["topics"]["condition"]
    assert condition == "service_completed_successfully"


def test_ports_are_open_to_this_machine_only(compose: Any) -> None:
    ports = [port for service in compose["services"].values() for port in service.get("ports", ())]
    assert [port for port in ports if not port.startswith("127.0.0.1:")] == []


def test_the_workers_settings_are_valid_and_fit_compose(compose: Any) -> None:
    text = (DEPLOY / "deskpulse.yaml").read_text(encoding="utf-8")
    settings = load_settings(text, {}, "deploy/deskpulse.yaml")
    assert settings.kafka.bootstrap_servers == "kafka:9092"
    port = settings.metrics.listen.rsplit(":")[-1]
    assert compose["services"]["worker"]["expose"] == [port]
    assert f"EXPOSE {port}\n" in (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
    (job,) = [
        job
        for job in read("deploy/prometheus/prometheus.yml")["scrape_configs"]
        if job["job_name"] == "deskpulse"
    ]
    (discovery,) = job["dns_sd_configs"]
    assert (discovery["names"], str(discovery["port"])) == (["worker"], port)


def test_the_image_runs_without_root_and_from_the_lock() -> None:
    dockerfile = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
    last_stage = dockerfile.rsplit("\nFROM ", 1)[1]
    assert "-slim-" in last_stage.splitlines()[0]
    assert "\nUSER deskpulse\n" in last_stage
    assert "--require-hashes -r /requirements-runtime.lock" in last_stage


def test_what_the_image_copies_is_not_ignored() -> None:
    dockerfile = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
    copied = {
        file
        for line in re.findall(r"^COPY (?!--from)(.*) \S+$", dockerfile, re.MULTILINE)
        for file in line.split()
    }
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert ignored[0] == "*"
    assert copied == {line[1:] for line in ignored if line.startswith("!")}


def test_grafana_finds_prometheus() -> None:
    (source,) = read("deploy/grafana/provisioning/datasources/prometheus.yml")["datasources"]
    assert (source["type"], source["url"]) == ("prometheus", "http://prometheus:9090")


def test_alerts_have_a_receiver() -> None:
    alertmanager = read("deploy/alertmanager/alertmanager.yml")
    receivers = [receiver["name"] for receiver in alertmanager["receivers"]]
    assert alertmanager["route"]["receiver"] in receivers


@pytest.mark.promtool
def test_prometheus_takes_its_configuration() -> None:
    result = subprocess.run(
        ["promtool", "check", "config", str(DEPLOY / "prometheus" / "prometheus.yml")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stdout + result.stderr


def has_compose() -> bool:
    """Return whether Docker's client is here, with its compose plugin; it needs no daemon."""
    client = shutil.which("docker")
    return client is not None and (
        subprocess.run([client, "compose", "version"], capture_output=True, check=False).returncode
        == 0
    )


@pytest.mark.skipif(not has_compose(), reason="docker compose is not installed; form checked")
def test_compose_takes_its_file() -> None:
    result = subprocess.run(
        ["docker", "compose", "--file", str(ROOT / "docker-compose.yml"), "config", "--quiet"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
