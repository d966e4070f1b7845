"""Settings that the examples of several families need, as YAML."""

from typing import Final

# In June 09:00-17:00 in Warsaw is 07:00-15:00 UTC.
OFFICE: Final = """
calendars: {office: {zone: Europe/Warsaw, hours: {mon-fri: ["09:00-17:00"]}}}
business_calendar: office
"""
AGENTS: Final = """
agents: {enabled: true}
"""
SLA: Final = """
sla: [{id: all, objective: 0.9, targets: {first_response: 1h, resolution: 8h}}]
"""
