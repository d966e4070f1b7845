"""Each rule about what runs in a cluster finds a fault that is planted in the example."""

import copy
from collections.abc import Callable
from functools import cache
from typing import Any, Final

import pytest

from schemas.checking import SettingsError
from tests.house.repository import ROOT
from tests.kubernetes import checks, pods
from tests.kubernetes.checks import CHECKS
from tests.kubernetes.cluster import SETTINGS, Cluster, Faults
from tests.kubernetes.kustomize import Object, build

PRODUCTION: Final = ROOT / "deploy" / "kubernetes" / "overlays" / "production"
SHORT: Final = {
    "pod": ("spec", "template", "spec"),
    "container": ("spec", "template", "spec", "containers", 0),
    "labels": ("matchLabels",),
    "$name": ("app.kubernetes.io/name",),
    "$component": ("app.kubernetes.io/component",),
}
ABSENT: Final = object()

# Rule, kind and place of the member, its faulty value, a part of what is said.
PLANTED: Final = [
    (checks.schemas, "StatefulSet spec replica", 3, "StatefulSet in 1.30: <ValidationError"),
    (checks.schemas, "Service spec clusterIP", 7, "Service in 1.37: <ValidationError"),
    (checks.schemas, "Service kind", "Servise", "Servise in 1.37: SchemaNotFound"),
    (checks.schemas, "ServiceMonitor spec endpoints 0 every", "15s", "ServiceMonitor: Additional"),
    (checks.schemas, "PrometheusRule spec groups 0 name", "", "PrometheusRule: '' should be non"),
    (checks.selectors, "StatefulSet spec selector labels $name", "a", "StatefulSet does not sel"),
    (checks.selectors, "Service spec selector $component", "a", "Service does not select the wor"),
    (checks.selectors, "Service spec selector $component", ABSENT, "which serves no metrics"),
    (checks.selectors, "PodDisruptionBudget spec selector labels", {}, "PodDisruptionBudget does"),
    (checks.selectors, "NetworkPolicy spec podSelector labels a", "b", "not select Job deskpulse"),
    (
        checks.selectors,
        "StatefulSet pod topologySpreadConstraints 0 labelSelector labels a",
        "b",
        "topologySpreadConstraint does not select",
    ),
    (checks.selectors, "StatefulSet spec serviceName", "other", "names another Service"),
    (checks.ports, "StatefulSet container ports 0 name", "http", "Service: no port is named"),
    (checks.ports, "NetworkPolicy spec ingress 0 ports 0 port", "m", "NetworkPolicy: no port is"),
    (checks.ports, "StatefulSet container readinessProbe httpGet port", "m", "readinessProbe: no"),
    (checks.ports, "StatefulSet container ports 0 containerPort", 1, "the worker listens on 0.0."),
    (checks.ports, "StatefulSet container ports 0 containerPort", 1, "the image exposes another"),
    (pods.probes, "StatefulSet container livenessProbe httpGet path", "/-/ready", "expected /-"),
    (
        pods.probes,
        "StatefulSet container startupProbe httpGet path",
        "/up",
        "which no worker se",
    ),
    (
        pods.stopping,
        "StatefulSet pod terminationGracePeriodSeconds",
        10,
        "8 s to leave, and get",
    ),
    (pods.mounts, "StatefulSet pod volumes", [], "no volume settings"),
    (pods.mounts, "StatefulSet container volumeMounts 0 readOnly", ABSENT, "can be written"),
    (pods.mounts, "Job pod volumes 1 configMap name", "other", "no ConfigMap other"),
    (pods.mounts, "StatefulSet pod volumes 0 secret", ABSENT, "no secret is mounted for /run/sec"),
    (pods.mounts, "Job container args 3", "/etc/deskpulse.yaml", "/etc/deskpulse.yaml is not m"),
    (
        pods.mounts,
        "Job container volumeMounts 0 mountPath",
        "/run/kafka",
        "no secret is mounted",
    ),
    (checks.secrets, "Job kind", "Secret", "a Secret is written down"),
    (checks.large, "ConfigMap data more", "a" * (1 << 20), "ConfigMap deskpulse-settings has"),
    (checks.size, "StatefulSet spec replicas", 13, "13 workers share 12 partitions"),
    (checks.size, "PodDisruptionBudget spec maxUnavailable", 2, "more or less than one worker"),
    (
        pods.membership,
        "StatefulSet container env 0 valueFrom fieldRef fieldPath",
        "metadata.uid",
        "is not the pod's name",
    ),
    (pods.commands, "StatefulSet container image", "deskpulse:latest", "image deskpulse:latest"),
    (pods.commands, "Job container args 0", "topic", "no command topic"),
    (pods.confinement, "StatefulSet pod securityContext runAsUser", 0, "the pod's securityCon"),
    (
        pods.confinement,
        "Job container securityContext readOnlyRootFilesystem",
        False,
        "the container's securityContext",
    ),
    (pods.confinement, "Job container resources limits", {"cpu": 1}, "no limit for memory"),
    (pods.confinement, "Job pod automountServiceAccountToken", ABSENT, "gets a token"),
    (pods.confinement, "StatefulSet pod serviceAccountName", "a", "no ServiceAccount a"),
    (pods.confinement, "Job pod enableServiceLinks", ABSENT, "would be taken for a setting"),
    (checks.network, "NetworkPolicy spec policyTypes", ["Ingress"], "leaves one direction open"),
    (checks.network, "NetworkPolicy spec ingress 0 from", ABSENT, "everybody may read"),
    (checks.network, "NetworkPolicy spec egress 1 ports 0 port", 443, "the way out leads to"),
    (checks.scraping, "Service spec publishNotReadyAddresses", ABSENT, "recovers is not scraped"),
    (checks.scraping, "ServiceMonitor spec selector labels", {"a": "b"}, "does not select the Se"),
    (checks.scraping, "ServiceMonitor spec endpoints 0 port", "http", "no port named http"),
    (checks.scraping, "ServiceMonitor spec endpoints 0 scheme", "http", "does not speak https"),
    (checks.scraping, "ServiceMonitor spec endpoints 0 basicAuth", ABSENT, "a password goes with"),
    (checks.scraping, "ServiceMonitor spec jobLabel", "a", "calls the job None, the alerts desk"),
    (checks.scraping, "ServiceMonitor spec endpoints 0 interval", "1m", "at another interval"),
    (checks.scraping, "ServiceMonitor spec sampleLimit", 5, "another limit of samples"),
    (checks.dashboards, "ConfigMap data new.json", "{}", "no sidecar finds deskpulse-settings"),
    (checks.rules, "PrometheusRule spec groups 0 interval", "5m", "the rules are stale"),
    (checks.namespaces, "Job metadata namespace", "default", "several namespaces"),
]


@cache
def production() -> list[Object]:
    """Return the objects of the overlay, which has all there are."""
    return build(PRODUCTION)


def planted(place: str, value: Any) -> Cluster:
    """Return the example with one member of an object changed or taken away."""
    kind, *words = place.split()
    *way, last = (step for word in words for step in SHORT.get(word, (number(word),)))
    objects = copy.deepcopy(production())
    member: Any = next(item for item in objects if item["kind"] == kind)
    for step in way:
        member = member[step]
    if value is ABSENT:
        del member[last]
    else:
        member[last] = value
    return Cluster(objects)


def number(word: str) -> str | int:
    """Return a place in a list as a number."""
    return int(word) if word.isdigit() else word


@pytest.mark.parametrize(("check", "place", "value", "said"), PLANTED)
def test_a_planted_fault_is_found(
    check: Callable[[Cluster], Faults], place: str, value: Any, said: str
) -> None:
    assert list(check(Cluster(production()))) == []
    found = list(check(planted(place, value)))
    assert any(said in sentence for sentence in found), found


def test_a_password_in_the_settings_is_found() -> None:
    text = (
        (PRODUCTION / SETTINGS)
        .read_text("utf-8")
        .replace("    password_file: ", "    password: invented #")
    )
    cluster = planted(f"ConfigMap data {SETTINGS}", text)
    with pytest.raises(SettingsError, match="a secret does not belong here"):
        _ = cluster.settings


def test_no_rule_is_without_a_planted_fault() -> None:
    assert {check for check, *_ in PLANTED} == set(CHECKS)
