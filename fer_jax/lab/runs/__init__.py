"""Making one run, looking at what it found, and doing so again."""
