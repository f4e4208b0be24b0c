"""The results that wait to be seen."""
