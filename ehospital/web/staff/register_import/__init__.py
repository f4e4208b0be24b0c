"""A register from paper or a spreadsheet comes into use: brought, described, checked, taken in, and undone."""
