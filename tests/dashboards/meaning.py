"""What must hold of every dashboard of ours; each rule yields what is wrong."""

import re
from collections.abc import Callable, Iterator
from itertools import combinations
from typing import Any, Final
from urllib.parse import urlsplit

from streams.artifacts.dashboards.chapter import Chapter
from streams.kpis.kpi import PREVIOUS, ROLLING
from tests.dashboards.reading import links, numbers, panels, selectors, targets, variables
from tests.dashboards.variables import VARIABLE
from tests.rules.tools import RUNBOOKS, shown

Rule = Callable[[dict[str, Any]], Iterator[str]]

COLUMNS: Final = 24
# What Prometheus itself and the scrape add to what a worker shows.
ADDED: Final = frozenset({"job", "instance", "window", "le"})
# What Grafana knows without being told.
BUILT_IN: Final = re.compile(r"__\w+")


def windows_are_pinned(dashboard: dict[str, Any]) -> Iterator[str]:
    """Yield queries that add up windows: each contains the shorter ones."""
    for panel, target in targets(dashboard):
        for each in selectors(target["expr"]):
            windowed = each.name.startswith((ROLLING, PREVIOUS)) or "window" in level(each.name)
            if windowed and "window" not in each.matchers:
                yield f"{panel['title']}: {target['expr']}"


def rolling_numbers_are_not_rated(dashboard: dict[str, Any]) -> Iterator[str]:
    """Yield queries that take a rate of what is a sum over a window already."""
    for panel, target in targets(dashboard):
        for each in selectors(target["expr"]):
            if each.range and each.name.startswith((ROLLING, PREVIOUS)):
                yield f"{panel['title']}: {target['expr']}"


def nothing_is_averaged_or_made_up(dashboard: dict[str, Any]) -> Iterator[str]:
    """Yield queries with averages of averages, or with a number where there is none."""
    for panel, target in targets(dashboard):
        if re.search(r"\b(avg|avg_over_time|vector|absent)\b", target["expr"]):
            yield f"{panel['title']}: {target['expr']}"


def names_are_known(dashboard: dict[str, Any]) -> Iterator[str]:
    """Yield samples that no worker shows. Recordings are compared with those of the settings."""
    for panel, target in targets(dashboard):
        for each in selectors(target["expr"]):
            if each.name != "up" and ":" not in each.name and each.name not in shown():
                yield f"{panel['title']}: {each.name}"


def matchers_are_on_labels(dashboard: dict[str, Any]) -> Iterator[str]:
    """Yield selectors that are narrowed down by what their family does not have."""
    for panel, target in targets(dashboard):
        for each in selectors(target["expr"]):
            own = level(each.name) if ":" in each.name else shown().get(each.name, frozenset())
            if foreign := each.matchers.keys() - own - ADDED:
                yield f"{panel['title']}: {each.name} by {sorted(foreign)}"


def legends_name_labels(dashboard: dict[str, Any]) -> Iterator[str]:
    """Yield legends that name labels which their series do not have."""
    for panel, target in targets(dashboard):
        kept = re.findall(r"\bby \(([^)]*)\)", target["expr"])
        found = selectors(target["expr"])
        own = {label for by in kept for label in by.split(", ")}
        own |= {label for each in found for label in level(each.name)}
        if not kept:
            own |= {"instance", *(label for each in found for label in shown().get(each.name, ()))}
        named = re.findall(r"\{\{(\w+)\}\}", target["legendFormat"])
        if not set(named) <= own or "le" in named:
            yield f"{panel['title']}: {target['legendFormat']}"


def queries_have_letters_and_legends(dashboard: dict[str, Any]) -> Iterator[str]:
    """Yield panels with two queries of one letter, or with a query whose series have no name."""
    for panel in numbers(dashboard):
        letters = [target["refId"] for target in panel.get("targets", ())]
        legends = [target.get("legendFormat") for target in panel.get("targets", ())]
        if len(set(letters)) < len(letters) or not all(legends):
            yield panel["title"]


def titles_and_descriptions_are_sentences(dashboard: dict[str, Any]) -> Iterator[str]:
    """Yield titles that are too long to be read, and descriptions that do not end."""
    for panel in numbers(dashboard):
        if len(panel["title"]) > 60 or not panel["description"].endswith("."):
            yield panel["title"]


def titles_are_unique(dashboard: dict[str, Any]) -> Iterator[str]:
    """Yield titles and numbers of panels that there are twice."""
    for key in ("title", "id"):
        found = [panel[key] for panel in panels(dashboard)]
        yield from (str(each) for each in set(found) if found.count(each) > 1)


def panels_fit(dashboard: dict[str, Any]) -> Iterator[str]:
    """Yield panels outside the grid, and pairs that lie on each other."""
    placed = [(panel["title"], panel["gridPos"]) for panel in panels(dashboard)]
    rows = [(row["title"], row["gridPos"]) for row in dashboard["panels"] if row["type"] == "row"]
    for title, at in (*placed, *rows):
        if not (at["w"] > 0 and at["h"] > 0 and 0 <= at["x"] <= COLUMNS - at["w"]):
            yield title
    for (one, at), (other, beside) in combinations((*placed, *rows), 2):
        apart = (
            at["x"] + at["w"] <= beside["x"]
            or beside["x"] + beside["w"] <= at["x"]
            or at["y"] + at["h"] <= beside["y"]
            or beside["y"] + beside["h"] <= at["y"]
        )
        if not apart:
            yield f"{one} and {other}"


def links_lead_somewhere(dashboard: dict[str, Any]) -> Iterator[str]:
    """Yield links to dashboards and runbooks that do not exist, and those that lose the choice."""
    known = {f"/d/{chapter.uid}" for chapter in Chapter}
    for url in links(dashboard):
        address, _, chosen = url.partition("?")
        if address.startswith("/"):
            if address not in known or chosen != "${__url_time_range}&${__all_variables}":
                yield url
        elif not (RUNBOOKS / urlsplit(url).path.rsplit("/", 1)[-1]).is_file():
            yield url
    for link in dashboard["links"]:
        wanted = {"type": "dashboards", "keepTime": True, "includeVars": True}
        if not wanted.items() <= link.items() or link["tags"] != dashboard["tags"]:
            yield link["title"]


def variables_are_those_in_use(dashboard: dict[str, Any]) -> Iterator[str]:
    """Yield variables that nothing uses, and uses of variables that there are not."""
    known = set(variables(dashboard))
    asked = {
        name
        for _, target in targets(dashboard)
        for name in found_in(target["expr"])
        if not BUILT_IN.fullmatch(name)
    }
    said = {
        name
        for panel in numbers(dashboard)
        for name in found_in(panel["title"] + panel["description"])
    }
    yield from sorted(known - asked - {"datasource", "job"})
    yield from sorted((asked | said) - known)


def found_in(text: str) -> Iterator[str]:
    """Yield the names of the variables in a text."""
    return (match[1] or match[2] for match in VARIABLE.finditer(text))


def level(recording: str) -> frozenset[str]:
    """Return the labels that a recording has by its name; nothing for another sample."""
    parts = recording.split(":")
    return frozenset(parts[0].split("_")) if len(parts) == 3 else frozenset()


RULES: Final[tuple[Rule, ...]] = (
    windows_are_pinned,
    rolling_numbers_are_not_rated,
    nothing_is_averaged_or_made_up,
    names_are_known,
    matchers_are_on_labels,
    legends_name_labels,
    queries_have_letters_and_legends,
    titles_and_descriptions_are_sentences,
    titles_are_unique,
    panels_fit,
    links_lead_somewhere,
    variables_are_those_in_use,
)
