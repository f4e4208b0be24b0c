"""Registering a patient, and correcting what is known."""
