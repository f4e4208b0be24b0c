"""A chart as it was known at an earlier moment, and who changed what in it."""
