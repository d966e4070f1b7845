"""Metrics as text: the only room that knows prometheus_client."""
