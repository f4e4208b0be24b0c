"""Two workers, two callers: each step is told once, each message leaves once."""
