"""The kitchen's list of a ward: who eats what."""
