"""JetStream → batches → store, scores, alerts. One process owns a partition; another one takes over when it dies."""
