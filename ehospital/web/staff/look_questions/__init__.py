"""Answering patients who ask why somebody looked at their record."""
