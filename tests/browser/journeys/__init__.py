"""Journeys in the browser: one test each, pictures kept."""
