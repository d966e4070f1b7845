"""What `kustomize build` makes of deploy/kubernetes, as far as these files use it.

So that the manifests are judged as they are applied, also where kustomize is not installed. Where
it is, a test compares the two. Names of ConfigMaps lack the hash of their contents here.
"""

import re
from pathlib import Path
from typing import Any, Final

import yaml

KNOWN: Final = {
    *("apiVersion", "kind", "resources", "components", "namespace", "images", "replicas"),
    *("configMapGenerator", "generatorOptions", "patches"),
}
# Lists of these keys are merged by the member named here; a patch puts its own in front.
MERGED_BY: Final = {
    "containers": "name",
    "env": "name",
    "ports": "containerPort",
    "volumes": "name",
    "volumeMounts": "mountPath",
}
CUSTOM: Final = "monitoring.coreos.com/v1"
KUSTOMIZATION: Final = "kustomization.yaml"

Object = dict[str, Any]


def build(folder: Path) -> list[Object]:
    """Return the objects of a kustomization."""
    return _applied(folder, [])


def kustomizations(root: Path) -> list[Path]:
    """Return every folder below `root` that holds a kustomization."""
    return sorted(file.parent for file in root.rglob(KUSTOMIZATION))


def read(file: Path) -> list[Any]:
    """Return the documents of a YAML file."""
    return list(yaml.safe_load_all(file.read_text("utf-8")))


def _applied(folder: Path, objects: list[Object]) -> list[Object]:
    """Return objects with what the kustomization of a folder adds to them and changes in them."""
    (plan,) = read(folder / KUSTOMIZATION)
    assert plan.keys() <= KNOWN, f"{folder}: this builder does not know {plan.keys() - KNOWN}"
    for name in plan.get("resources", ()):
        path = folder / name
        objects = objects + (build(path) if path.is_dir() else read(path))
    for generator in plan.get("configMapGenerator", ()):
        objects = _generated(folder, plan, generator, objects)
    for name in plan.get("components", ()):
        objects = _applied(folder / name, objects)
    for patch in plan.get("patches", ()):
        objects = _patched(patch, read(folder / patch["path"]), objects)
    for item in objects:
        _renamed(plan, item)
    return objects


def _generated(
    folder: Path, plan: dict[str, Any], generator: dict[str, Any], objects: list[Object]
) -> list[Object]:
    metadata: dict[str, Any] = {"name": generator["name"]}
    options = plan.get("generatorOptions", {})
    metadata |= {key: options[key] for key in ("labels", "annotations") if key in options}
    made = {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": metadata,
        "data": {
            Path(name).name: (folder / name).read_text("utf-8") for name in generator["files"]
        },
    }
    others = [each for each in objects if not _same(each, made)]
    replaces = generator.get("behavior", "create") == "replace"
    assert (len(others) < len(objects)) == replaces, f"{folder}: {generator['name']}"
    return [*others, made]


def _patched(
    patch: dict[str, Any], documents: list[Object], objects: list[Object]
) -> list[Object]:
    kind = patch.get("target", {}).get("kind")

    def hit(item: Object) -> bool:
        if kind is None:
            return _same(item, documents[0])
        return re.fullmatch(kind, item["kind"]) is not None

    assert any(map(hit, objects)), f"{patch} changes nothing"
    (change,) = documents
    body = {key: value for key, value in change.items() if key not in ("kind", "apiVersion")}
    return [
        _merged(item, {**body, "metadata": item["metadata"]}) if hit(item) else item
        for item in objects
    ]


def _merged(base: Any, change: Any, *, custom: bool = False) -> Any:
    """Return `base` with a strategic merge patch; None takes a member away."""
    custom = custom or (isinstance(base, dict) and base.get("apiVersion") == CUSTOM)
    merged = dict(base)
    for key, value in change.items():
        if value is None:
            merged.pop(key, None)
        elif isinstance(value, dict) and isinstance(base.get(key), dict):
            merged[key] = _merged(base[key], value, custom=custom)
        elif key in MERGED_BY and key in base and not custom:
            merged[key] = _merged_lists(base[key], value, MERGED_BY[key])
        else:
            merged[key] = value
    return merged


def _merged_lists(base: list[Any], change: list[Any], name: str) -> list[Any]:
    changes = {item[name]: item for item in change}
    names = [item[name] for item in base]
    new = [item for item in change if item[name] not in names]
    return new + [_merged(item, changes.get(item[name], {})) for item in base]


def _renamed(plan: dict[str, Any], item: Object) -> None:
    """Set namespace, replicas and images in place."""
    if "namespace" in plan:
        item["metadata"] = {**item["metadata"], "namespace": plan["namespace"]}
    for replicas in plan.get("replicas", ()):
        if item["metadata"]["name"] == replicas["name"] and "replicas" in item.get("spec", {}):
            item["spec"] = {**item["spec"], "replicas": replicas["count"]}
    for image in plan.get("images", ()):
        for container in containers(item):
            if container["image"].split(":")[0] == image["name"]:
                container["image"] = f"{image['newName']}:{image['newTag']}"


def containers(item: Object) -> list[Any]:
    """Return the containers of a workload, none for other objects."""
    template = item.get("spec", {}).get("template", {})
    found = template.get("spec", {}).get("containers", []) if isinstance(template, dict) else []
    return list(found)


def _same(one: Object, other: Object) -> bool:
    return (one["kind"], one["metadata"]["name"]) == (other["kind"], other["metadata"]["name"])
