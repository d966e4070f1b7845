"""Rules about the repository itself that a machine can judge."""
