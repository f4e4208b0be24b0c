"""Server-sent events: a NATS subject becomes lines in an open browser. No Django, no database."""
