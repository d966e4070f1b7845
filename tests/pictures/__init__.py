"""Pictures of the dashboards, drawn by a renderer of our own where Grafana cannot run."""
