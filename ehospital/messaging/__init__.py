"""Notices to people over channels, told step by step until somebody has acted."""
