"""E-Hospital: one integrated hospital system on PostgreSQL and NATS."""

__version__ = "0.1.0"
