"""Marking one line as confidential, or opening one that its code makes confidential."""
