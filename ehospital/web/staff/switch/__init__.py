"""Changing places on a shared computer: the lock screen, and one's own short code."""
