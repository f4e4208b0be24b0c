"""Structured forms in the chart: what is due, filled in, finished, read, amended."""
