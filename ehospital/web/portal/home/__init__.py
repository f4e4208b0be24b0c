"""The patient's first page: what matters now."""
