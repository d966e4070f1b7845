"""The catalogue: one record a KPI, over facts. Pure."""
