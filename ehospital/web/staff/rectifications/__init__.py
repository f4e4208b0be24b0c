"""Answering patients who ask to have their record corrected."""
