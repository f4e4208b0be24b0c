"""Records that may be of one person: the worklist, the merge with its preview, and undoing it."""
