"""The data contract: events, settings, documents."""
