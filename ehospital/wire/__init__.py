"""The NATS connection, its subjects and streams. No Django."""
