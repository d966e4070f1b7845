"""Prometheus' own programs, as tests run them."""
