"""JetStream batches become stored readings, scores and alerts."""
