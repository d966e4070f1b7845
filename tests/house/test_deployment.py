"""The form of what cannot run here: compose, the image, Prometheus, Grafana."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from typing import Any, Final

import pytest
import yaml

from schemas.settings_check import load_settings
from streams.commands.main import COMMANDS
from streams.demo.kafka_distribution import KAFKA_VERSION
from streams.worker.app import LEAVE_SECONDS
from tests.house.repository import ROOT, project

DEPLOY: Final = ROOT / "deploy"
OURS: Final = "deskpulse"
# It writes to its own folder of programs; the others need no writable root.
WRITABLE: Final = {"kafka"}


def read(file: str) -> Any:
    """Return a YAML file."""
    return yaml.safe_load((ROOT / file).read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def compose() -> Any:
    """The compose file."""
    return read("docker-compose.yml")


def dockerfile() -> str:
    """Return the Dockerfile with its continued lines joined."""
    return (DEPLOY / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")


def instruction(name: str) -> list[str]:
    """Return the arguments of every instruction of a name in the image's last stage."""
    last_stage = dockerfile().rsplit("\nFROM ", 1)[1]
    return re.findall(rf"^{name} +(.*)$", last_stage, re.MULTILINE)


def test_compose_has_the_whole_chain(compose: Any) -> None:
    wanted = {"kafka", "topics", "worker", "events", "prometheus", "alertmanager", "grafana"}
    assert set(compose["services"]) == wanted


def test_images_are_pinned(compose: Any) -> None:
    images = [service["image"] for service in compose["services"].values()]
    assert [image for image in images if not re.search(r":v?\d+\.\d+\.\d+$", image)] == []


def test_our_images_have_our_version(compose: Any) -> None:
    version = project()["project"]["version"]
    ours = {each["image"] for each in compose["services"].values() if "build" in each}
    assert ours == {f"{OURS}:{version}"}
    assert f'org.opencontainers.image.version="{version}"' in dockerfile()
    assert f"--tag {OURS}:{version} ." in dockerfile()


def test_compose_runs_the_kafka_that_tests_run(compose: Any) -> None:
    assert compose["services"]["kafka"]["image"] == f"apache/kafka:{KAFKA_VERSION}"


def unchecked(services: Any) -> Iterator[str]:
    """Yield the services that keep running without a health check, or have one of another's."""
    for name, service in services.items():
        check = service.get("healthcheck", {})
        ours = "build" in service
        if ours and service["command"][0] != "worker":
            if not check.get("disable"):
                yield f"{name}: the image's check is for workers"
        elif check.get("disable") or not (check or (ours and instruction("HEALTHCHECK"))):
            yield f"{name}: nobody looks whether it is healthy"


def unconfined(services: Any) -> Iterator[str]:
    """Yield what a service may do beyond its work."""
    for name, service in services.items():
        if service.get("cap_drop") != ["ALL"] or "cap_add" in service:
            yield f"{name}: has capabilities"
        if service.get("security_opt") != ["no-new-privileges:true"]:
            yield f"{name}: may get privileges"
        if service.get("privileged") or service.get("user") == "root":
            yield f"{name}: runs as root"
        if (service.get("read_only") is not True) != (name in WRITABLE):
            yield f"{name}: root can be written, or needs to be"
        if not service.get("logging", {}).get("options", {}).get("max-size"):
            yield f"{name}: its log may fill the disk"
        if service["restart"] != "no" and "mem_limit" not in service:
            yield f"{name}: may take all memory"


def test_services_are_checked_and_confined(compose: Any) -> None:
    assert [*unchecked(compose["services"]), *unconfined(compose["services"])] == []


@pytest.mark.parametrize(
    ("service", "member", "value", "said"),
    [
        ("worker", "healthcheck", {"disable": True}, "worker: nobody looks"),
        ("grafana", "healthcheck", {}, "grafana: nobody looks"),
        ("topics", "healthcheck", {}, "topics: the image's check is for workers"),
        ("kafka", "cap_drop", [], "kafka: has capabilities"),
        ("kafka", "cap_add", ["NET_RAW"], "kafka: has capabilities"),
        ("worker", "security_opt", [], "worker: may get privileges"),
        ("grafana", "user", "root", "grafana: runs as root"),
        ("prometheus", "read_only", False, "prometheus: root can be written"),
        ("events", "logging", {}, "events: its log may fill the disk"),
        ("events", "mem_limit", None, "events: may take all memory"),
    ],
)
def test_a_planted_fault_of_a_service_is_found(
    compose: Any, service: str, member: str, value: Any, said: str
) -> None:
    services = {name: dict(each) for name, each in compose["services"].items()}
    services[service] |= {member: value}
    if value is None:
        del services[service][member]
    found = [*unchecked(services), *unconfined(services)]
    assert any(said in fault for fault in found), found


def test_no_password_is_written_down(compose: Any) -> None:
    """Compose refuses to start without one, and says so; files with secrets stay out of Git."""
    given = compose["services"]["grafana"]["environment"]["GF_SECURITY_ADMIN_PASSWORD"]
    assert re.fullmatch(r"\$\{GRAFANA_PASSWORD:\?[^}]+\}", given)
    ignored = (ROOT / ".gitignore").read_text("utf-8").splitlines()
    assert {".env", "deploy/alertmanager/chat-url"} <= set(ignored)


def test_demo_events_come_only_when_asked_for(compose: Any) -> None:
    profiles = {name: each.get("profiles") for name, each in compose["services"].items()}
    assert {name: each for name, each in profiles.items() if each} == {"events": ["demo"]}
    (script,) = compose["services"]["events"]["command"]
    assert {"generate", "send"} <= set(re.findall(r"deskpulse (\S+)", script)) <= COMMANDS.keys()
    assert f"--config {settings_file(compose)} --when-due" in script


def settings_file(compose: Any) -> str:
    """Return where the worker's settings are mounted."""
    mounted = [volume.split(":") for volume in compose["services"]["worker"]["volumes"]]
    ((_, place, mode),) = [each for each in mounted if each[0] == "./deploy/deskpulse.yaml"]
    assert mode == "ro"
    return str(place)


def test_workers_and_topics_read_the_same_settings(compose: Any) -> None:
    for name, words in (("worker", ["worker"]), ("topics", ["topics", "create"])):
        assert compose["services"][name]["command"] == [*words, "--config", settings_file(compose)]


def test_a_worker_has_time_to_stop(compose: Any) -> None:
    grace = compose["services"]["worker"]["stop_grace_period"]
    assert int(grace.removesuffix("s")) >= 2 * LEAVE_SECONDS


def test_what_prometheus_keeps_is_bounded(compose: Any) -> None:
    flags = compose["services"]["prometheus"]["command"]
    assert "--config.file=/etc/prometheus/prometheus.yml" in flags
    assert [flag for flag in flags if flag.startswith("--storage.tsdb.retention.size=")]


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
    assert instruction("EXPOSE") == [port]
    (job,) = [
        job
        for job in read("deploy/prometheus/prometheus.yml")["scrape_configs"]
        if job["job_name"] == "deskpulse"
    ]
    (discovery,) = job["dns_sd_configs"]
    assert (discovery["names"], str(discovery["port"])) == (["worker"], port)


def test_the_image_runs_without_root_and_from_the_lock() -> None:
    last_stage = dockerfile().rsplit("\nFROM ", 1)[1]
    assert "-slim-" in last_stage.splitlines()[0]
    (user,) = instruction("USER")
    assert re.fullmatch(r"([1-9]\d+):\1", user)
    assert instruction("STOPSIGNAL") == ["SIGTERM"]
    assert instruction("ENTRYPOINT") == ['["deskpulse"]']
    assert "--require-hashes --requirement requirements-runtime.lock" in dockerfile()
    assert "pip" not in last_stage


def test_the_image_has_nothing_to_write_at_run_time() -> None:
    """Bytecode is made when it is built; with a read-only root it could not be made later."""
    (environment,) = instruction("ENV")
    assert "PYTHONDONTWRITEBYTECODE=1" in environment
    assert "compileall" in dockerfile().rsplit("\nFROM ", 1)[0]


def test_the_images_health_check_asks_whether_the_loop_turns() -> None:
    (check,) = instruction("HEALTHCHECK")
    port = instruction("EXPOSE")[0]
    assert f"http://127.0.0.1:{port}/-/healthy" in check


def test_what_the_image_copies_is_not_ignored() -> None:
    copied = {
        file
        for line in re.findall(r"^COPY (?!--from)(.*) \S+$", dockerfile(), re.MULTILINE)
        for file in line.split()
    }
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert ignored[0] == "*"
    assert copied == {line[1:] for line in ignored if line.startswith("!")}


def test_grafana_finds_prometheus() -> None:
    (source,) = read("deploy/grafana/provisioning/datasources/prometheus.yml")["datasources"]
    assert (source["type"], source["url"]) == ("prometheus", "http://prometheus:9090")


def test_grafana_is_given_the_dashboards(compose: Any) -> None:
    (provider,) = read("deploy/grafana/provisioning/dashboards/deskpulse.yml")["providers"]
    mounted = f"./deploy/grafana/dashboards:{provider['options']['path']}:ro"
    assert mounted in compose["services"]["grafana"]["volumes"]


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
        env={**os.environ, "GRAFANA_PASSWORD": "for this check"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
