"""A repeat outpatient visit on one page: why, what changed, what is found, what is prescribed, and the paper."""
