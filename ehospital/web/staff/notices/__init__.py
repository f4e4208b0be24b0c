"""What waits for whoever is signed in, and how they want to be told."""
