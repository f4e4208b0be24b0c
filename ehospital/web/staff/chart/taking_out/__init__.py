"""Take a record out: its summary on paper, or the International Patient Summary as a file."""
