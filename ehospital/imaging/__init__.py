"""Requests, performing and reports."""
