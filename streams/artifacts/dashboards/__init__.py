"""Grafana's dashboards from the catalogue and the settings."""
