"""Read models over several domains."""
