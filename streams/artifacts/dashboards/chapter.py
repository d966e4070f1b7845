"""The eight dashboards by name, and links to them and to runbooks."""

from enum import StrEnum
from typing import Final

from grafana_foundation_sdk.builders.dashboard import DashboardLink

from streams.artifacts.dashboards.desk import Desk

# Every dashboard carries it; the links at the top of each lead to all that do.
TAG: Final = "deskpulse"
# What a reader has chosen goes along: time range and variables.
CHOSEN: Final = "${__url_time_range}&${__all_variables}"


class Chapter(StrEnum):
    """A dashboard, by the word that its title is."""

    OVERVIEW = "Overview"
    SLA = "SLA"
    SPEED = "Speed"
    QUALITY = "Quality"
    VOICE = "Voice and channels"
    CUSTOMERS = "Customers and money"
    AGENTS = "Agents"
    PIPELINE = "Pipeline"

    @property
    def slug(self) -> str:
        """The title as the name of a file and in addresses."""
        return self.value.lower().replace(" ", "-")

    @property
    def uid(self) -> str:
        """What Grafana knows the dashboard by, whatever becomes of its title."""
        return f"{TAG}-{self.slug}"


def to(chapter: Chapter) -> DashboardLink:
    """Return a link to a dashboard."""
    return DashboardLink(f"More: {chapter}").url(f"/d/{chapter.uid}?{CHOSEN}")


def runbooks(desk: Desk, *alerts: str) -> list[DashboardLink]:
    """Return links to what to do when these alerts fire, as far as they can fire here."""
    address = desk.settings.alerts.runbooks.rstrip("/")
    return [
        DashboardLink(f"What to do: {alert}").url(f"{address}/{alert}.md").target_blank(True)
        for alert in alerts
        if alert in desk.alerts
    ]
