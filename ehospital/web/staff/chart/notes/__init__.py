"""Notes in the chart: written, kept while typing, signed, added to."""
