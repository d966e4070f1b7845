"""Entities: a set of events, and the facts that it means. Pure."""
