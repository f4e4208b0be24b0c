"""Formulary, prescriptions, safety, dispensing, refills and administration."""
