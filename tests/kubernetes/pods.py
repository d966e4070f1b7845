"""Rules about what runs in pods; each yields a sentence a fault."""

import re
from pathlib import PurePosixPath
from typing import Any, Final

from streams.commands.main import COMMANDS
from streams.worker.app import LEAVE_SECONDS
from tests.house.repository import ROOT, project
from tests.kubernetes.cluster import SETTINGS, Cluster, Faults

DOCKERFILE: Final = ROOT / "deploy" / "Dockerfile"


PROBES: Final = {"startup": "/-/healthy", "liveness": "/-/healthy", "readiness": "/-/ready"}


def probe(cluster: Cluster, name: str) -> Any:
    """Return what a probe asks for."""
    return cluster.worker[f"{name}Probe"]["httpGet"]


def probes(cluster: Cluster) -> Faults:
    """Probes ask what the worker serves, and none restarts one that recovers."""
    served = re.findall(r'"(/[^"\s]*)"', (ROOT / "streams/worker/web.py").read_text("utf-8"))
    for name, path in PROBES.items():
        asked = probe(cluster, name)["path"]
        if asked != path:
            yield f"{name}Probe asks for {asked}, expected {path}"
        if probe(cluster, name).get("scheme", "HTTP") != cluster.scheme.upper():
            yield f"{name}Probe does not speak {cluster.scheme}"
        if asked not in served:
            yield f"{name}Probe asks for {asked}, which no worker serves"


def stopping(cluster: Cluster) -> Faults:
    """A worker that is asked to stop has the time that it needs."""
    grace = cluster.workers["template"]["spec"].get("terminationGracePeriodSeconds", 30)
    if grace < 2 * LEAVE_SECONDS:
        yield f"a worker may need {LEAVE_SECONDS:.0f} s to leave, and gets {grace}"


def mounts(cluster: Cluster) -> Faults:
    """What is mounted is there, and what a container reads is mounted."""
    maps = {item["metadata"]["name"]: item["data"].keys() for item in cluster.of("ConfigMap")}
    for name, _, spec in cluster.pods():
        volumes = {volume["name"]: volume for volume in spec["volumes"]}
        (container,) = spec["containers"]
        found: dict[PurePosixPath, Any] = {}
        for mount in container["volumeMounts"]:
            path = PurePosixPath(mount["mountPath"])
            found[path] = volumes.get(mount["name"])
            if found[path] is None:
                yield f"{name}: no volume {mount['name']}"
            if not mount.get("readOnly"):
                yield f"{name}: {path} can be written"
        for source in (volume.get("configMap") for volume in volumes.values()):
            if source is not None and source["name"] not in maps:
                yield f"{name}: no ConfigMap {source['name']}"
        config = PurePosixPath(container["args"][container["args"].index("--config") + 1])
        if config.name != SETTINGS or "configMap" not in (found.get(config.parent) or {}):
            yield f"{name}: {config} is not mounted"
        for file in secret_files(cluster, worker=container["args"][0] == "worker"):
            if "secret" not in (found.get(file.parent) or {}):
                yield f"{name}: no secret is mounted for {file}"


def secret_files(cluster: Cluster, *, worker: bool) -> list[PurePosixPath]:
    """Return the files that the settings name; those of the pages are for workers only."""
    security = cluster.settings.kafka.security
    named = [security.password_file, security.ca_file]
    named += [security.key_file, security.certificate_file]
    if worker:
        named.append(cluster.settings.metrics.web_config_file)
    return [PurePosixPath(file) for file in named if file is not None]


def membership(cluster: Cluster) -> Faults:
    """A worker's place in the group is its pod's name."""
    given = {item["name"]: item for item in cluster.worker.get("env", ())}
    source = given.get("DESKPULSE_INSTANCE", {}).get("valueFrom", {}).get("fieldRef", {})
    if source.get("fieldPath") != "metadata.name":
        yield "DESKPULSE_INSTANCE is not the pod's name"


def commands(cluster: Cluster) -> Faults:
    """Containers run our image, of this version, with commands that exist."""
    version = project()["project"]["version"]
    for name, _, spec in cluster.pods():
        (container,) = spec["containers"]
        if not re.fullmatch(rf"(\S+/)?deskpulse:{re.escape(version)}", container["image"]):
            yield f"{name}: image {container['image']}, expected version {version}"
        if container["args"][0] not in COMMANDS:
            yield f"{name}: no command {container['args'][0]}"


CONFINED: Final[dict[str, Any]] = {
    "allowPrivilegeEscalation": False,
    "readOnlyRootFilesystem": True,
    "capabilities": {"drop": ["ALL"]},
}


def confinement(cluster: Cluster) -> Faults:
    """Pods run as the image's user, with no right that they do not need."""
    match = re.search(r"^USER (\d+):(\d+)$", DOCKERFILE.read_text("utf-8"), re.MULTILINE)
    assert match is not None
    user, group = map(int, match.groups())
    wanted = {
        "runAsNonRoot": True,
        "runAsUser": user,
        "runAsGroup": group,
        "fsGroup": group,
        "seccompProfile": {"type": "RuntimeDefault"},
    }
    accounts = {item["metadata"]["name"] for item in cluster.of("ServiceAccount")}
    for name, _, spec in cluster.pods():
        if spec["securityContext"] != wanted:
            yield f"{name}: the pod's securityContext is not {wanted}"
        for container in spec["containers"]:
            if container.get("securityContext") != CONFINED:
                yield f"{name}: the container's securityContext is not {CONFINED}"
            if "memory" not in container["resources"]["limits"]:
                yield f"{name}: no limit for memory"
        if spec.get("automountServiceAccountToken") is not False:
            yield f"{name}: gets a token for Kubernetes"
        if spec.get("serviceAccountName") not in accounts:
            yield f"{name}: no ServiceAccount {spec.get('serviceAccountName')}"
        if spec.get("enableServiceLinks") is not False:
            yield f"{name}: a Service named deskpulse would be taken for a setting"
