"""Finding a patient by name, number or birth date."""
