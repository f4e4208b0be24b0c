"""Encounters, problems, allergies, results, procedures, documents and care plans."""
