"""Encounters written in the browser: planned, opened, moved step by step."""
