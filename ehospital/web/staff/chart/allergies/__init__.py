"""Allergies in the chart."""
