"""The style guide: every token and component in all its states, on one page that the tests look at."""
