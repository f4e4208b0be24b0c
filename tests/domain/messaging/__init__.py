"""Notices, their ladders and their channels, on real PostgreSQL."""
