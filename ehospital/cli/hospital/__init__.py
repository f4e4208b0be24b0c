"""A whole hospital on one machine: which processes it has, what each is told, and how it is run."""
