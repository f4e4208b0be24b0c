"""A patient's chart: who it is, what harms them, how they are, and everything that happened."""
