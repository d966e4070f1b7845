"""Others on the same records."""
