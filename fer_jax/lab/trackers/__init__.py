"""Following a run from outside, by other tools."""
