"""Boards for everybody to see: waiting rooms, and the tour of a demo."""
