"""Writes that span several domains: admit, transfer, discharge."""
