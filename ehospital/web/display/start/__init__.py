"""The first page: where your role starts, or the sign-in, or the tour of a demo."""
