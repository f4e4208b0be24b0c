"""Specimens, tests, ranges, verification and analysers."""
