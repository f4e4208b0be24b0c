"""The one table, asked through every address: the addresses, a patient with something behind each, and who asks."""
