"""Rules about what hangs together in a cluster; each yields a sentence a fault."""

from collections.abc import Callable
from typing import Final

import jsonschema
import kubernetes_validate
import yaml

from streams.artifacts.rules import every_group
from tests.house.repository import ROOT
from tests.kubernetes import pods
from tests.kubernetes.cluster import Cluster, Faults, selects
from tests.kubernetes.kustomize import CUSTOM
from tests.kubernetes.operator import SCHEMAS

# The oldest and the newest Kubernetes that the manifests are written for.
VERSIONS: Final = ("1.30", "1.37")
PROMETHEUS: Final = ROOT / "deploy" / "prometheus" / "prometheus.yml"
CONFIG_MAP_BYTES: Final = 1 << 20


def schemas(cluster: Cluster) -> Faults:
    """Every object has the form that Kubernetes, or Prometheus' operator, gives its kind."""
    for item in cluster.objects:
        if item["apiVersion"] == CUSTOM:
            validator = jsonschema.Draft202012Validator(SCHEMAS[item["kind"]])
            yield from (
                f"{item['kind']}: {error.message}" for error in validator.iter_errors(item)
            )
            continue
        for version in VERSIONS:
            try:
                kubernetes_validate.validate(item, version, strict=True)
            except (
                kubernetes_validate.ValidationError,
                kubernetes_validate.SchemaNotFoundError,
            ) as error:
                yield f"{item['kind']} in {version}: {error!r}".partition("\\n")[0]


def selectors(cluster: Cluster) -> Faults:
    """Whatever is meant for the workers finds them."""
    labels = cluster.workers["template"]["metadata"]["labels"]
    service = cluster.the("Service")
    meant = {
        "StatefulSet": cluster.workers["selector"],
        "Service": {"matchLabels": service["spec"]["selector"]},
        "PodDisruptionBudget": cluster.the("PodDisruptionBudget")["spec"]["selector"],
        "NetworkPolicy": cluster.the("NetworkPolicy")["spec"]["podSelector"],
    }
    for constraint in cluster.workers["template"]["spec"].get("topologySpreadConstraints", ()):
        meant["topologySpreadConstraint"] = constraint["labelSelector"]
    for name, selector in meant.items():
        if not selects(selector, labels):
            yield f"{name} does not select the workers"
    if service["metadata"]["name"] != cluster.workers["serviceName"]:
        yield "the StatefulSet names another Service"
    policy = cluster.the("NetworkPolicy")["spec"]["podSelector"]
    yield from (
        f"NetworkPolicy does not select {name}"
        for name, its, _ in cluster.pods()
        if not selects(policy, its)
    )
    for name, its, _ in cluster.pods():
        if name.startswith("Job") and selects({"matchLabels": service["spec"]["selector"]}, its):
            yield f"Service selects {name}, which serves no metrics"


def ports(cluster: Cluster) -> Faults:
    """Ports are named alike, and the worker listens on its own."""
    (port,) = cluster.worker["ports"]
    (service,) = cluster.the("Service")["spec"]["ports"]
    (ingress,) = cluster.the("NetworkPolicy")["spec"]["ingress"]
    named = {f"{name}Probe": pods.probe(cluster, name)["port"] for name in pods.PROBES}
    named |= {"Service": service["targetPort"], "NetworkPolicy": ingress["ports"][0]["port"]}
    for place, name in named.items():
        if name != port["name"]:
            yield f"{place}: no port is named {name}"
    host, _, listened = cluster.settings.metrics.listen.rpartition(":")
    if (host, listened) != ("0.0.0.0", str(port["containerPort"])):  # noqa: S104
        yield f"the worker listens on {cluster.settings.metrics.listen}"
    if f"\nEXPOSE {port['containerPort']}\n" not in pods.DOCKERFILE.read_text("utf-8"):
        yield "the image exposes another port"


def secrets(cluster: Cluster) -> Faults:
    """No Secret stands in a manifest; a password in the settings is refused by their reader."""
    if cluster.of("Secret"):
        yield "a Secret is written down"


def large(cluster: Cluster) -> Faults:
    """No ConfigMap is larger than Kubernetes takes."""
    for item in cluster.of("ConfigMap"):
        length = sum(len(text.encode()) for text in item["data"].values())
        if length >= CONFIG_MAP_BYTES:
            yield f"ConfigMap {item['metadata']['name']} has {length} bytes"


def size(cluster: Cluster) -> Faults:
    """No worker is idle for want of a partition, and one may always be away."""
    partitions = cluster.settings.kafka.partitions
    if cluster.workers["replicas"] > partitions:
        yield f"{cluster.workers['replicas']} workers share {partitions} partitions"
    if cluster.the("PodDisruptionBudget")["spec"].get("maxUnavailable") != 1:
        yield "the disruption budget allows more or less than one worker away"


def network(cluster: Cluster) -> Faults:
    """Metrics are for the monitoring namespace; the way out leads to DNS and Kafka."""
    spec = cluster.the("NetworkPolicy")["spec"]
    if sorted(spec["policyTypes"]) != ["Egress", "Ingress"]:
        yield "the network policy leaves one direction open"
    if any("from" not in rule for rule in spec["ingress"]):
        yield "everybody may read the metrics"
    allowed = {
        (port["protocol"], port["port"]) for rule in spec["egress"] for port in rule["ports"]
    }
    servers = cluster.settings.kafka.bootstrap_servers.split(",")
    kafka = {("TCP", int(server.rpartition(":")[2])) for server in servers}
    if allowed != kafka | {("UDP", 53), ("TCP", 53)}:
        yield f"the way out leads to {sorted(allowed)}"


def scraping(cluster: Cluster) -> Faults:
    """Prometheus' operator finds the workers, and calls them as the alerts do."""
    service = cluster.the("Service")
    if service["spec"].get("publishNotReadyAddresses") is not True:
        yield "a worker that recovers is not scraped"
    file = yaml.safe_load(PROMETHEUS.read_text("utf-8"))
    job = next(each for each in file["scrape_configs"] if each["job_name"] == "deskpulse")
    for monitor in (item["spec"] for item in cluster.of("ServiceMonitor")):
        if not selects(monitor["selector"], service["metadata"]["labels"]):
            yield "ServiceMonitor does not select the Service"
        (endpoint,) = monitor["endpoints"]
        if endpoint["port"] not in {port["name"] for port in service["spec"]["ports"]}:
            yield f"ServiceMonitor: the Service has no port named {endpoint['port']}"
        if endpoint.get("scheme", "http") != cluster.scheme:
            yield f"ServiceMonitor does not speak {cluster.scheme}"
        if ("basicAuth" in endpoint) != (cluster.scheme == "https"):
            yield "ServiceMonitor: a password goes with TLS, and TLS with a password"
        called = service["metadata"]["labels"].get(monitor["jobLabel"])
        if called != cluster.settings.alerts.job:
            yield f"Prometheus calls the job {called}, the alerts {cluster.settings.alerts.job}"
        if endpoint["interval"] != file["global"]["scrape_interval"]:
            yield "ServiceMonitor scrapes at another interval than prometheus.yml"
        if monitor["sampleLimit"] != job["sample_limit"]:
            yield "ServiceMonitor has another limit of samples than prometheus.yml"


def dashboards(cluster: Cluster) -> Faults:
    """Grafana's sidecar finds the dashboards."""
    for item in cluster.of("ConfigMap"):
        shown = any(name.endswith(".json") for name in item["data"])
        if shown and item["metadata"].get("labels", {}).get("grafana_dashboard") != "1":
            yield f"no sidecar finds {item['metadata']['name']}"


def rules(cluster: Cluster) -> Faults:
    """The rules are those of the settings."""
    for rule in cluster.of("PrometheusRule"):
        if rule["spec"]["groups"] != every_group(cluster.settings):
            yield "the rules are stale: deskpulse rules --format kubernetes"


def namespaces(cluster: Cluster) -> Faults:
    """Everything is in one namespace, or leaves it to whoever applies it."""
    found = {item["metadata"].get("namespace") for item in cluster.objects}
    if len(found) > 1:
        yield f"objects are in several namespaces: {found}"


CHECKS: Final[tuple[Callable[[Cluster], Faults], ...]] = (
    schemas,
    selectors,
    ports,
    pods.probes,
    pods.stopping,
    pods.mounts,
    secrets,
    large,
    size,
    pods.membership,
    pods.commands,
    pods.confinement,
    network,
    scraping,
    dashboards,
    rules,
    namespaces,
)
