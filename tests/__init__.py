"""Tests: see README.md for where a test belongs."""
