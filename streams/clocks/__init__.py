"""Time: windows and their panes, opening hours. Pure."""
