"""The problem list, written in the browser."""
