"""Screens of the staff, one folder each."""
