"""Two at one file of the record at the same moment."""
