"""The dashboards are fresh, complete, and fit what is configured."""

import json
import re
from pathlib import Path
from typing import Any, Final, get_args

import pytest
import yaml
from click.testing import CliRunner
from msgspec import structs

from schemas.policy import Policy
from schemas.settings import Settings
from schemas.settings_check import load_settings
from streams.artifacts.dashboards.chapter import Chapter
from streams.artifacts.dashboards.desk import Desk, desk
from streams.artifacts.dashboards.every_number import CHAPTERS, TITLE, every_number, home
from streams.artifacts.dashboards.files import BOARDS, dashboard_files
from streams.artifacts.dashboards.wanted import Line, Target
from streams.artifacts.records import COMPLETE
from streams.artifacts.rules import alerts
from streams.commands.dashboards import command
from streams.kpis.catalogue import themes
from streams.kpis.kpi import Kpi
from tests.dashboards.reading import (
    FOLDER,
    OTHER_SETTINGS,
    checked_in,
    expressions,
    links,
    made,
    numbers,
    panels,
    selectors,
    variables,
)
from tests.rules.tools import DEPLOY, demo_settings

# `Target` is the union of `Line` and these.
COLOURED: Final = get_args(get_args(Target)[-1])
PROVISIONING: Final = DEPLOY / "grafana" / "provisioning"
COMPLETE_SETTINGS: Final = Settings(
    policy=structs.replace(COMPLETE, previous_windows=("7d",), targets={"unresolved_tickets": 9})
)


def provisioned(kind: str) -> Any:
    """Return the one file about data sources or dashboards that Grafana is started with."""
    (file,) = (PROVISIONING / kind).iterdir()
    return yaml.safe_load(file.read_text("utf-8"))


def of(text: str) -> dict[str, Any]:
    """Return the dashboards of these settings."""
    return made(load_settings(text, {}, "deskpulse.yaml"))


def panel(dashboard: dict[str, Any], title: str) -> dict[str, Any]:
    """Return the panel of a title."""
    (found,) = [each for each in panels(dashboard) if each["title"] == title]
    return found


def steps(shown: dict[str, Any]) -> list[tuple[float | None, str]]:
    """Return the limits of a panel, or of a series of it."""
    return [(step["value"], step["color"]) for step in shown["steps"]]


def test_checked_in_dashboards_are_fresh() -> None:
    """`deskpulse dashboards --config … --output …`, as the provisioning says."""
    made_now = dashboard_files(demo_settings())
    assert {file.name for file in FOLDER.glob("*.json")} == made_now.keys()
    for name, text in made_now.items():
        assert (FOLDER / name).read_text("utf-8") == text


def test_the_command_writes_files_or_prints_all(tmp_path: Path) -> None:
    config = ["--config", str(DEPLOY / "deskpulse.yaml")]
    result = CliRunner().invoke(command, [*config, "--output", str(tmp_path / "made")])
    assert result.exit_code == 0
    for name, text in dashboard_files(demo_settings()).items():
        assert (tmp_path / "made" / name).read_text("utf-8") == text
    printed = json.loads(CliRunner().invoke(command, config).stdout)
    assert [each["title"] for each in printed] == [chapter.value for chapter in Chapter]


def test_grafana_finds_the_dashboards_and_their_source() -> None:
    (provider,) = provisioned("dashboards")["providers"]
    assert provider["disableDeletion"]
    assert not provider["allowUiUpdates"]
    assert provider["options"] == {
        "path": "/etc/grafana/dashboards",
        "foldersFromFilesStructure": True,
    }
    assert not {"folder", "folderUid"} & provider.keys(), "the folder is named by its directory"
    (source,) = provisioned("datasources")["datasources"]
    assert (source["uid"], source["type"]) == ("prometheus", "prometheus")
    prometheus = yaml.safe_load((DEPLOY / "prometheus" / "prometheus.yml").read_text("utf-8"))
    assert source["jsonData"]["timeInterval"] == prometheus["global"]["scrape_interval"]


@pytest.mark.parametrize("text", OTHER_SETTINGS)
def test_there_are_eight_whatever_is_configured(text: str) -> None:
    """So every link leads somewhere; what has nothing to show says what to configure."""
    found = of(text)
    assert list(found) == [chapter.value for chapter in Chapter]
    uids = [dashboard["uid"] for dashboard in found.values()]
    assert len(set(uids)) == len(uids)
    for dashboard in found.values():
        assert list(panels(dashboard))


def test_every_dashboard_is_asked_a_question() -> None:
    assert [board.chapter for board in BOARDS] == list(Chapter)
    for dashboard in checked_in().values():
        assert dashboard["description"].endswith("?")


def test_most_panels_before_the_fold_are_questions() -> None:
    """The folded row holds every number by its name."""
    for dashboard in made(COMPLETE_SETTINGS).values():
        open_panels = [each for each in dashboard["panels"] if each["type"] != "row"]
        assert all(each["title"].endswith("?") for each in open_panels)
        first_screen = [each for each in open_panels if each["gridPos"]["y"] < 18]
        assert len(first_screen) <= 10


def test_every_runbook_is_linked_from_some_panel() -> None:
    for settings in (demo_settings(), COMPLETE_SETTINGS):
        address = settings.alerts.runbooks
        linked = {url for dashboard in made(settings).values() for url in links(dashboard)}
        assert {f"{address}/{alert.name}.md" for alert in alerts(settings)} <= linked


def test_no_runbook_is_linked_of_an_alert_that_cannot_fire() -> None:
    linked = {url for dashboard in of("").values() for url in links(dashboard)}
    assert not any("Falling" in url or "Sla" in url for url in linked)


def test_every_theme_has_its_dashboard() -> None:
    assert CHAPTERS.keys() == {theme.title for theme in themes(COMPLETE)}


@pytest.mark.parametrize("settings", [demo_settings(), COMPLETE_SETTINGS], ids=["demo", "all"])
def test_every_family_of_the_catalogue_has_its_panel(settings: Settings) -> None:
    found = made(settings)
    for theme in desk(settings).themes:
        for record in theme.records:
            shown = panel(found[home(theme.title, record)], record.title)
            read = [each for query in shown["targets"] for each in selectors(query["expr"])]
            assert any(each.name.startswith(record.name) for each in read), record.name


def test_a_new_record_gets_its_panel_and_nothing_else_is_written() -> None:
    seen = desk(demo_settings())
    known = seen.records["tickets_opened"]
    assert isinstance(known, Kpi)
    new = structs.replace(known, family="tickets_of_comets", title="Tickets of comets")
    sky = tuple(
        structs.replace(theme, kpis=(*theme.kpis, new)) if theme.title == "Volume" else theme
        for theme in seen.themes
    )
    with_it = Desk(
        seen.settings,
        sky,
        {**seen.records, new.family: new},
        seen.recordings,
        seen.alerts,
    )
    section = every_number(with_it, Chapter.VOICE)
    assert (section.title, section.folded) == (TITLE, True)
    titles = [each.build().title for each in section.panels]
    assert titles.count("Tickets of comets") == 1


@pytest.mark.parametrize("pattern", ["csat_score", "calls*", "*_time_seconds", "fcr_*", "sla_*"])
def test_what_is_not_kept_is_not_drawn(pattern: str) -> None:
    text = (DEPLOY / "deskpulse.yaml").read_text("utf-8")
    found = of(f"{text}\nkpis: {{disable: ['{pattern}']}}\n")
    family = pattern.replace("*", r"\w*")
    gone = re.compile(rf"helpdesk_(rolling|previous)_{family}(_bucket|_gcount|_gsum)?$")
    read = {
        selector.name
        for dashboard in found.values()
        for expression in expressions(dashboard)
        for selector in selectors(expression)
    }
    assert [name for name in read if gone.match(name)] == []


def test_without_service_levels_and_agents_it_is_said_what_to_configure() -> None:
    found = of("")
    for title, key in (("SLA", "`sla`"), ("Agents", "agents")):
        (words,) = panels(found[title])
        assert words["type"] == "text"
        assert key in words["options"]["content"]
    assert not any(panels_of_slas(found["Overview"]))
    complete = made(COMPLETE_SETTINGS)
    assert any(panels_of_slas(complete["Overview"]))
    for title in ("SLA", "Agents"):
        assert all(each["type"] != "text" for each in panels(complete[title]))


def panels_of_slas(dashboard: dict[str, Any]) -> list[str]:
    """Return the titles of panels that read service levels."""
    return [each["title"] for each in numbers(dashboard) if "helpdesk_sla" in str(each["targets"])]


def test_thresholds_come_from_the_settings() -> None:
    found = of("alerts: {oldest_waiting: 3h, lag_records: 77}\ntargets: {unresolved_tickets: 9}")
    oldest = panel(found["Overview"], "How long has the oldest waited?")
    assert steps(oldest["fieldConfig"]["defaults"]["thresholds"]) == [
        (None, "green"),
        (10800.0, "red"),
    ]
    lag = panel(found["Pipeline"], "Do the workers keep up?")
    assert steps(lag["fieldConfig"]["defaults"]["thresholds"])[1] == (77, "red")
    backlog = panel(found["Speed"], "How large is the backlog?")
    assert steps(backlog["fieldConfig"]["defaults"]["thresholds"])[1] == (9, "red")


def test_each_sla_is_judged_by_its_own_objective() -> None:
    shown = panel(checked_in()["Overview"], "Do we keep our SLAs?")
    own = {
        each["matcher"]["options"]: steps(each["properties"][0]["value"])
        for each in shown["fieldConfig"]["overrides"]
    }
    for sla in demo_settings().policy.sla:
        assert own[sla.id] == own[f"{sla.id} before"] == [(None, "red"), (sla.objective, "green")]


def test_targets_and_benchmarks_are_drawn_dashed() -> None:
    found = of("targets: {csat_mean: {tech: 4.5}}\nbenchmarks: {csat_mean: {industry: 4.1}}")
    shown = panel(found["Quality"], "Where does satisfaction change?")
    legends = [query["legendFormat"] for query in shown["targets"]]
    assert legends[1:] == ["target {{queue}}", "benchmark {{source}}"]
    (override,) = shown["fieldConfig"]["overrides"]
    dashed = re.compile(override["matcher"]["options"].strip("/"))
    assert [bool(dashed.search(legend)) for legend in legends] == [False, True, True]


@pytest.mark.parametrize(
    ("target", "drawn"), [("9", []), ("{tech: 9}", ["target {{queue}}"])], ids=["all", "queue"]
)
def test_a_queue_s_backlog_is_compared_with_its_own_target_only(
    target: str, drawn: list[str]
) -> None:
    """The target of all queues together says nothing about one of them."""
    shown = panel(
        of(f"targets: {{unresolved_tickets: {target}}}")["Speed"], "Where does work pile up?"
    )
    assert [query["legendFormat"] for query in shown["targets"]] == ["{{queue}}", *drawn]


def test_the_help_names_every_target_that_is_drawn() -> None:
    assert command.help is not None
    named = set(re.findall(r"\w+_(?:tickets|p90|mean|rate)\b", command.help))
    assert named == {*get_args(Line), *COLOURED}


@pytest.mark.parametrize(
    "text",
    [
        *(f"targets: {{{name}: 0.5}}" for name in (*get_args(Line), *COLOURED)),
        *(f"benchmarks: {{{name}: {{others: 0.5}}}}" for name in get_args(Line)),
    ],
)
def test_every_target_and_benchmark_that_is_named_is_drawn(text: str) -> None:
    assert of(text) != of("")


@pytest.mark.parametrize(
    ("text", "title", "windows", "chosen"),
    [
        ("", "Speed", "1h,1d,7d,30d,90d", "1d"),
        ("", "Quality", "1h,1d,7d,30d,90d", "7d"),
        ("windows: [6h, 90d]", "Quality", "6h,90d", "6h"),
        ("sla: [{id: all, targets: {resolution: 1d}}]", "Overview", "1h,1d,7d,30d", "1d"),
        (
            "sla: [{id: all, targets: {resolution: 1d}}]",
            "SLA",
            "5m,30m,1h,2h,6h,1d,3d,7d,30d",
            "7d",
        ),
        (
            "windows: []\ncalendar_windows: {zone: UTC}",
            "Speed",
            "today,this_week,this_month,this_quarter",
            "today",
        ),
    ],
)
def test_windows_to_choose_are_those_that_there_are(
    text: str, title: str, windows: str, chosen: str
) -> None:
    window = variables(of(text)[title])["window"]
    assert window["query"] == windows
    assert window["current"]["value"] == chosen
    assert [each["value"] for each in window["options"] if each["selected"]] == [chosen]


def test_a_panel_says_what_does_not_narrow_it_down() -> None:
    callers = panel(checked_in()["Voice and channels"], "How many callers give up?")
    assert callers["description"].endswith("Not narrowed down by channel or priority.")
    volume = panel(checked_in()["Voice and channels"], "Does the volume change?")
    assert "Not narrowed" not in volume["description"]


def test_defaults_have_their_dashboards_too() -> None:
    assert made(Settings(policy=Policy())).keys() == checked_in().keys()
