"""Deskpulse: rolling helpdesk KPIs from Kafka, exact under replay and crash."""
