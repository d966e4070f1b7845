"""The data contract: events, settings, and the documents made from them. Imports nothing of ours."""
