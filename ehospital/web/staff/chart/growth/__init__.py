"""The growth of a child beside WHO's standards."""
