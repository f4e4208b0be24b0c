"""What I said is wrong in my record, and what became of it."""
