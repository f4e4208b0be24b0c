"""Codes for whoever types words: what a picker asks for."""
