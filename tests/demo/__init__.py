"""Tests of the demo: the simulated helpdesk, the live page, the whole of it."""
