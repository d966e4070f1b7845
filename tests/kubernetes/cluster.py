"""What would run in a cluster: the objects of a build, and what hangs together in them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from schemas.settings import Settings
from schemas.settings_check import load_settings
from tests.kubernetes.kustomize import Object

SETTINGS: Final = "deskpulse.yaml"

Faults = Iterator[str]


@dataclass(frozen=True)
class Cluster:
    """The objects of one `kustomize build`."""

    objects: list[Object]

    def of(self, kind: str) -> list[Object]:
        """Return the objects of a kind."""
        return [item for item in self.objects if item["kind"] == kind]

    def the(self, kind: str) -> Object:
        """Return the only object of a kind."""
        (found,) = self.of(kind)
        return found

    @property
    def workers(self) -> Any:
        """The specification of the StatefulSet."""
        return self.the("StatefulSet")["spec"]

    @property
    def worker(self) -> Any:
        """The worker's container."""
        (container,) = self.workers["template"]["spec"]["containers"]
        return container

    @property
    def settings(self) -> Settings:
        """The settings that the workers are given."""
        (text,) = (
            item["data"][SETTINGS] for item in self.of("ConfigMap") if SETTINGS in item["data"]
        )
        return load_settings(text, {}, f"ConfigMap {SETTINGS}")

    @property
    def scheme(self) -> str:
        """How the worker's pages are read."""
        return "http" if self.settings.metrics.web_config_file is None else "https"

    def pods(self) -> Iterator[tuple[str, dict[str, str], Any]]:
        """Yield name, labels and specification of every workload's pods."""
        for kind in ("StatefulSet", "Job"):
            for item in self.of(kind):
                template = item["spec"]["template"]
                yield (
                    f"{kind} {item['metadata']['name']}",
                    template["metadata"]["labels"],
                    template["spec"],
                )


def selects(selector: dict[str, Any], labels: dict[str, str]) -> bool:
    """Return whether a selector of labels and nothing else finds something with these labels."""
    assert selector.keys() <= {"matchLabels"}, selector
    wanted = selector.get("matchLabels", {})
    return bool(wanted) and wanted.items() <= labels.items()
