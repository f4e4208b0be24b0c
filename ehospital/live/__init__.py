"""Server-sent events: NATS subject → browser. No Django, no database; bounded whatever the browsers do."""
