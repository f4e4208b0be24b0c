"""Opening a chart outside of care with a reason, and reviewing such openings."""
