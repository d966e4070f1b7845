"""The data contract: events, settings, and documents made from both. Imports none of ours."""
