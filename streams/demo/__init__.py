"""Everything that is only for show: the embedded broker, the simulated helpdesk, the live page."""
