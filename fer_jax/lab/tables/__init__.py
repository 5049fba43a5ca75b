"""From run folders to tables, and from these to sums over seeds."""
