"""The computers that several people share."""
