"""My treatment plans: what is to be done today and this week, how it goes, and a note to the team."""
