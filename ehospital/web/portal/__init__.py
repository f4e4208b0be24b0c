"""Screens of the patients, one folder each."""
