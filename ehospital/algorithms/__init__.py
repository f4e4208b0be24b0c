"""Decisions a clinician could argue with, as pure functions. No Django, no database, no clock."""
