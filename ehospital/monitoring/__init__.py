"""Devices, readings, scores, alerts and escalation."""
