"""Documents for paper: typeset here, from data alone, the same on every machine."""
