"""The vocabulary between entities and KPIs: what can have happened. Pure."""
