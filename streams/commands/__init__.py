"""One file a command, no logic: parse, call, print, exit."""
