"""The chart by one problem: what belongs to it, in lanes."""
