"""The search at the top of every page: patients, places, and whom one saw lately."""
