"""Tables out of files that come from outside: workbooks and plain text, as values, within limits."""
