"""The machine: events -> entities -> changed facts -> sums of panes -> samples. Pure."""
