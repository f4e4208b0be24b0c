"""Journeys through the whole hospital in the browser; pictures are kept in var/journeys."""
