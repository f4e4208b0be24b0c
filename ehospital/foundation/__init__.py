"""What every domain stands on: audit, outbox, jobs, locks, file storage, base models."""
